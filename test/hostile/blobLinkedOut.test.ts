import { rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { inspect } from '../../src/commands/inspect.js'
import { digestOf, hexOf } from '../../src/spec/digest.js'
import { newLayout } from '../fixtures/archives.js'
import { transload } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { addImage, image, layoutEntries } from '../fixtures/image.js'
import { unpacked } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

const SECRET = Buffer.from('root:x:0:0:root:/root:/bin/sh\n'.repeat(37))
const made = image({ files: ['one'] })
const [layer = Buffer.alloc(0)] = made.layers
const BLOBS = { config: made.config, layer }

describe.each(Object.entries(BLOBS))('a %s that is a link out of the directory, to something else,', (_, blob) => {
  const places = { layout: layoutOf, 'unpacked docker archive': dockerOf }
  describe.each(Object.entries(places))('of a %s, tells nothing of it:', (_, placeOf) => {
    test.each([
      ['convert'],
      ['convert', '--progress', 'plain'],
      ['inspect'],
      ['inspect', '--json'],
      ['inspect', '--full'],
    ])('%s %s %s', async (command, ...options) => {
      const path = await placeOf(blob)
      const to = command === 'convert' ? [`${await temporaryDirectory()}/layout`] : []
      const { status, stdout, stderr } = await transload(command, path, ...to, ...options)
      if (command === 'convert' || options.includes('--full')) expect(status).toBe(1)
      expectNothing(`${stdout}${stderr}`)
    })

    test('convert and inspect of the library', async () => {
      const path = await placeOf(blob)
      const failures: unknown[] = []
      const keep = (failure: unknown) => failures.push(failure)
      await convert(path, `${await temporaryDirectory()}/layout`).catch(keep)
      await convert(path, `${await temporaryDirectory()}/layout`, { layers: 'gzip' }).catch(keep)
      await convert(path, `${await temporaryDirectory()}/out.tar`).catch(keep)
      expect(failures).toHaveLength(3)
      const shown = await inspect(path, { full: true })
      expect(shown.verified?.faults).toBeGreaterThan(0)
      expectNothing(JSON.stringify(shown))
      for (const failure of failures) {
        expect(failure).toMatchObject({ code: 'INTEGRITY', found: undefined, hint: expect.stringContaining('links') })
        expectNothing(JSON.stringify([String(failure), failure]))
      }
    })
  })
})

test.each(['index.json', 'manifest.json'])('%s that leads there by a link of a blob quotes nothing', async (table) => {
  const path = await layoutOf(layer)
  await rm(join(path, table), { force: true })
  await symlink(`blobs/sha256/${hexOf(digestOf(layer))}`, join(path, table))
  for (const command of ['convert', 'inspect']) {
    const to = command === 'convert' ? [`${await temporaryDirectory()}/layout`] : []
    const { status, stdout, stderr } = await transload(command, path, ...to)
    expect(status).toBe(1)
    expectNothing(`${stdout}${stderr}`)
  }
})

test('what is what its name says is taken', async () => {
  const path = await layoutOf(layer, layer)
  await expect(convert(path, `${await temporaryDirectory()}/layout`)).resolves.toBeDefined()
  await expect(inspect(path, { full: true })).resolves.toBeDefined()
  const docker = await dockerOf(layer, layer)
  const { images } = await inspect(docker)
  expect(images[0]?.layers).toMatchObject([{ size: layer.length, digest: digestOf(layer) }])
  await expect(convert(docker, `${await temporaryDirectory()}/layout`)).resolves.toBeDefined()
  await expect(inspect(docker, { full: true })).resolves.toBeDefined()
})

function expectNothing(text: string): void {
  const told = [
    hexOf(digestOf(SECRET)),
    hexOf(digestOf(SECRET)).slice(0, 12),
    String(SECRET.length),
    '1.11 kB',
    'root:',
  ]
  for (const one of told) expect(text).not.toContain(one)
}

async function layoutOf(blob: Buffer, target: Buffer = SECRET): Promise<string> {
  const layout = newLayout()
  layout.manifests.push(addImage(layout, made, 'none'))
  const path = await unpacked(tar(layoutEntries(layout)))
  await leadElsewhere(path, blob, target)
  return path
}

/** As archives of Docker 25 and later are, without the index. */
async function dockerOf(blob: Buffer, target: Buffer = SECRET): Promise<string> {
  const path = await layoutOf(blob, target)
  for (const name of ['index.json', 'oci-layout']) await rm(join(path, name))
  const pathOf = (bytes: Buffer) => `blobs/sha256/${hexOf(digestOf(bytes))}`
  const manifest = [{ Config: pathOf(made.config), RepoTags: ['app:v1'], Layers: [pathOf(layer)] }]
  await writeFile(join(path, 'manifest.json'), JSON.stringify(manifest))
  return path
}

async function leadElsewhere(path: string, blob: Buffer, target: Buffer): Promise<void> {
  const link = join(path, `blobs/sha256/${hexOf(digestOf(blob))}`)
  await rm(link)
  await symlink(await temporaryFile(target, 'elsewhere'), link)
}
