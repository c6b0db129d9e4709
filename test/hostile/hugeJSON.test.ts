import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { inspect } from '../../src/commands/inspect.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { archiveOf, newLayout } from '../fixtures/archives.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { addImage, dockerArchive, image, layoutEntries } from '../fixtures/image.js'
import { DOORS } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

const MiB = 1024 * 1024

test('a manifest.json beyond the limit is refused', async () => {
  await refused(tar([{ name: 'manifest.json', content: Buffer.alloc(20 * MiB + 1, ' ') }]))
})

test('a config beyond the limit is refused', async () => {
  const { config } = image({ files: [] })
  await refused(archiveOf({ tags: null, config: Buffer.concat([config, Buffer.alloc(64 * MiB, ' ')]) }, [], []))
})

// Of each, what is parsed would take many times the memory of its text.
test.each([
  ['numbers', Buffer.alloc(9 * MiB, '0,')],
  ['lists within each other', Buffer.alloc(9 * MiB, `${'['.repeat(900)}${']'.repeat(900)},`)],
  ['objects within each other', Buffer.alloc(9 * MiB, `${'{"":'.repeat(900)}0${'}'.repeat(900)},`)],
  ['lists of nothing', Buffer.alloc(1 * MiB, '[],')],
])('a config of more %s than any has is refused', async (_, values) => {
  const whole = values.subarray(0, values.lastIndexOf(',') + 1)
  const config = Buffer.concat([Buffer.from('{"x":['), whole, Buffer.from('0]}')])
  await refused(archiveOf({ tags: null, config }, [], []), 'UNSAFE')
})

test('a config of 10 MiB in one label is read, and kept as it is', { timeout: 60_000 }, async () => {
  const made = image({ config: { config: { Labels: { notes: 'x'.repeat(10 * MiB) } } } })
  const layout = newLayout()
  layout.manifests.push(addImage(layout, made))
  for (const archive of [dockerArchive(made), tar(layoutEntries(layout))]) {
    for (const open of Object.values(DOORS)) {
      const to = `${await temporaryDirectory()}/layout`
      const { images } = await convert(await open(archive), to)
      expect(images).toMatchObject([{ config: digestOf(made.config) }])
      expect((await inspect(await open(archive))).images).toMatchObject([{ config: digestOf(made.config) }])
    }
  }
})

test('large configs that are more than a run may hold are refused', { timeout: 60_000 }, async () => {
  const layout = newLayout()
  for (let at = 0; at < 5; at++) {
    const made = image({ config: { author: `${at}`, config: { Labels: { notes: 'x'.repeat(15 * MiB) } } } })
    layout.manifests.push(addImage(layout, made))
  }
  const converting = convert(
    (await DOORS.file?.(tar(layoutEntries(layout)))) ?? '',
    `${await temporaryDirectory()}/layout`,
  )
  await expect(converting).rejects.toMatchObject({ code: 'UNSAFE' })
})

test('a manifest beyond the limit is refused', async () => {
  const bytes = Buffer.alloc(4 * MiB + 1, ' ')
  const layout = newLayout()
  layout.blobs.set(digestOf(bytes), bytes)
  layout.manifests.push({ mediaType: OCI_MANIFEST, digest: digestOf(bytes), size: bytes.length })
  await refused(tar(layoutEntries(layout)))
})

test('a manifest that is larger than its descriptor says is refused', async () => {
  const bytes = Buffer.alloc(5 * MiB, ' ')
  const layout = newLayout()
  layout.blobs.set(digestOf(bytes), bytes)
  layout.manifests.push({ mediaType: OCI_MANIFEST, digest: digestOf(bytes), size: 100 })
  await refused(tar(layoutEntries(layout)), 'INTEGRITY')
})

test('JSON that lies deep within itself is an error and no crash', async () => {
  const deep = `${'['.repeat(MiB)}${']'.repeat(MiB)}`
  await refused(tar([{ name: 'manifest.json', content: deep }]), 'UNSAFE')
})

async function refused(archive: Buffer, code = 'UNSUPPORTED') {
  for (const open of Object.values(DOORS)) {
    const converting = convert(await open(archive), `${await temporaryDirectory()}/layout`)
    await expect(converting).rejects.toMatchObject({ name: 'ImageError', code })
  }
}
