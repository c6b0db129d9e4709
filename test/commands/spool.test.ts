import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Spool } from '../../src/commands/spool.js'
import { temporaryDirectory } from '../fixtures/directory.js'

test('what is read once is kept beside the file that is written, and goes with the spool', async () => {
  const root = await temporaryDirectory()
  const path = join(root, 'x.tar')
  {
    using spool = new Spool({ transport: undefined, path })
    spool.path()
    expect(readdirSync(root)).toEqual([expect.stringMatching(/^x\.tar\.partial-/)])
  }
  expect(readdirSync(root)).toEqual([])
})

test('for streams, named pipes and devices it is kept among temporary files', async () => {
  const root = await temporaryDirectory()
  const pipe = join(root, 'pipe')
  execFileSync('mkfifo', [pipe])
  const names = new Set(readdirSync('/dev'))
  for (const path of ['-', pipe, '/dev/null', '/dev/fd/1']) {
    using spool = new Spool({ transport: undefined, path })
    spool.path()
    expect(readdirSync(root)).toEqual(['pipe'])
    expect(readdirSync('/dev').filter((name) => !names.has(name) && name.includes('partial'))).toEqual([])
    expect(readdirSync(tmpdir()).some((name) => name.startsWith('transload.partial-'))).toBe(true)
  }
})
