import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BIN, startAs, transload } from '../fixtures/cli.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { blobText, freshLayout, indexText } from '../fixtures/editing.js'

function withEpoch(epoch: string, ...args: string[]) {
  return startAs({ env: { ...process.env, SOURCE_DATE_EPOCH: epoch } }, ...args).finished
}

async function succeeding(...args: string[]): Promise<string> {
  const result = await withEpoch('1757041510', ...args)
  expect(result).toMatchObject({ status: 0, stderr: '' })
  return result.stdout
}

test('an image is made, changed, tagged, shown, removed and collected', async () => {
  const path = join(await temporaryDirectory(), 'layout')
  expect(await succeeding('init', '--layout', path)).toBe('')
  expect(await succeeding('new', '--image', `${path}:v1`, '--os', 'linux', '--architecture=arm64')).toBe('')
  const flags = ['--config.cmd', '-c', '--config.cmd=', '--config.entrypoint', '/bin/sh', '--config.user', 'me']
  const edited = await succeeding('config', '--image', `${path}:v1`, ...flags, '--json')
  const { config } = JSON.parse(edited) as { config: string }
  expect(blobText(path, config)).toBe(
    '{"created":"2025-09-05T03:05:10Z","architecture":"arm64","os":"linux","config":{"User":"me","Entrypoint":["/bin/sh"],"Cmd":["-c",""]},"rootfs":{"type":"layers","diff_ids":[]},"history":[{"created":"2025-09-05T03:05:10Z","created_by":"transload config","empty_layer":true}]}\n',
  )
  expect(await succeeding('tag', '--image', `oci:${path}:v1`, 'v2')).toBe('')
  expect(await succeeding('list', '--layout', path)).toBe('v1\nv2\n')
  expect(await succeeding('list', '--layout', path, '--json')).toBe('["v1","v2"]\n')
  expect(await succeeding('stat', '--image', `${path}:v2`)).toContain('\tUser: me\n')
  const stated = JSON.parse(await succeeding('stat', '--image', `${path}:v2`, '--json'))
  expect(stated).toHaveProperty('config.blob.config.User', 'me')
  expect(await succeeding('rm', '--image', `${path}:v1`)).toBe('')
  const collected = await succeeding('gc', '--layout', path)
  expect(collected).toMatch(/^(?:sha256:[0-9a-f]{64}\n){2}2 blobs removed, 373 B freed\n$/)
  expect(await succeeding('gc', '--layout', path, '--json')).toBe('{"removed":[],"bytes":0}\n')
})

test('files get what the umask leaves of 0644', async () => {
  const path = await freshLayout()
  const args = ['config', '--image', `${path}:v1`, '--author', 'me', '--json']
  const { stdout } = spawnSync('sh', ['-c', 'umask 027; exec "$0" "$@"', process.execPath, BIN, ...args])
  const { config } = JSON.parse(stdout.toString()) as { config: string }
  for (const file of ['index.json', `blobs/${config.replace(':', '/')}`]) {
    expect(statSync(join(path, file)).mode & 0o777).toBe(0o640)
  }
})

describe('refused', () => {
  test.each<[string[], string]>([
    [['new'], '--image is missing'],
    [['init'], '--layout is missing'],
    [['tag', '--image', 'x:v1'], 'the new tag is missing'],
    [['remove', '--image', '.'], 'the tag is missing'],
    [['stat', '--image', 'x:'], 'the selector of an image is empty'],
    [['stat', '--image', ':v1'], 'there is no path'],
    [['config', '--image', 'x', '--no-history', '--history.author', 'me'], '--no-history'],
    [['config', '--image', 'x', '--config.env', 'A'], 'expected NAME=VALUE'],
    [['config', '--image', 'x', '--platform.os', 'a', '--os', 'b'], 'more than once'],
    [['gc', '--layout', 'x', '--grace', '-1'], 'a whole number from 0'],
    [['list', 'x'], 'too many'],
  ])('%j', async (args, message) => {
    const { status, stderr } = await transload(...args)
    expect(stderr).toContain(message)
    expect(stderr.split('\n').length).toBeLessThanOrEqual(3)
    expect(status).toBe(2)
  })

  test.each(['new', 'config'])('a SOURCE_DATE_EPOCH that is no number, by %s', async (command) => {
    const path = await freshLayout()
    const before = indexText(path)
    const { status, stderr } = await withEpoch('today', command, '--image', `${path}:v1`)
    expect(stderr).toContain('SOURCE_DATE_EPOCH')
    expect(status).toBe(2)
    expect(indexText(path)).toBe(before)
  })

  test('a layout that is not there', async () => {
    const path = await temporaryDirectory()
    const { status, stderr } = await transload('config', '--image', `${path}/none:v1`)
    expect(stderr).toContain(`transload: edit ${path}/none:v1: `)
    expect(status).toBe(1)
  })
})
