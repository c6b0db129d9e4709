import { describe, expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { archiveOf } from '../fixtures/archives.js'
import { filesBelow, temporaryDirectory } from '../fixtures/directory.js'
import { image } from '../fixtures/image.js'
import { converted, DOORS } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

const made = image({ files: ['one'] })
const [layer = Buffer.alloc(0)] = made.layers

describe.each(['../../etc/passwd', 'a/../../etc/passwd', '/../etc/passwd'])('the path %s in manifest.json', (path) => {
  test.each(Object.keys(DOORS))('is refused as a layer, by %s', async (door) => {
    await expect(by(door, archiveOf(made, [path], []))).rejects.toMatchObject({ code: 'UNSAFE', where: path })
  })

  test.each(Object.keys(DOORS))('is refused as a config, by %s', async (door) => {
    const table = { name: 'manifest.json', content: JSON.stringify([{ Config: path }]) }
    await expect(by(door, tar([table]))).rejects.toMatchObject({ code: 'UNSAFE', where: path })
  })
})

test.each(['/etc/passwd', 'etc/passwd\0.tar'])('the path %j is one in the archive, or none', async (path) => {
  for (const door of Object.keys(DOORS)) {
    await expect(by(door, archiveOf(made, [path], []))).rejects.toMatchObject({ name: 'ImageError' })
  }
})

test.each(['../../evil:v1', '/etc/passwd', 'a/../b:v1', 'app:../v1', '.:v1'])(
  'the name %s is dropped, and nothing is written by it',
  async (name) => {
    const archive = archiveOf({ ...made, tags: [name] }, ['0.tar'], [{ name: '0.tar', content: layer }])
    const { index, warnings, files } = await converted(archive)
    expect(warnings).toMatchObject([{ code: 'ILLEGAL_NAME' }])
    expect(index.manifests?.[0]).not.toHaveProperty('annotations')
    expect(Object.keys(files)).toHaveLength(5)
  },
)

async function by(door: string, archive: Buffer) {
  const root = await temporaryDirectory()
  await convert((await DOORS[door]?.(archive)) ?? '', `${root}/layout`)
  return filesBelow(root)
}
