import { join } from 'node:path'
import { expect, test } from 'vitest'
import { convert } from '../../src/index.js'
import { familiarName } from '../../src/spec/reference.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { V1_ARCHIVES, v1Archive } from '../fixtures/v1.js'
import { describeWith } from './engine.js'
import { CLASSIC } from './engines.js'

/**
 * Since 25 Docker puts the author after the command, and leaves out what it does not know, so that other IDs come out:
 * ours are those of the Dockers that wrote such archives.
 */
const OTHER_SINCE_25 = [
  'an author',
  'nothing',
  'no version of Docker',
  'a version of 1.8.3',
  'a version with letters',
  'a version that is older by its letters',
  'a command that is one word',
  'white space',
  'control characters',
  'rootfs and history of its own',
  'numbers as large as they get',
]

for (const kind of CLASSIC) {
  describeWith(kind, (docker) => {
    for (const [name, archive] of Object.entries(V1_ARCHIVES)) {
      test(`an archive without manifest.json gets the image IDs that Docker gives it: ${name}`, async ({ skip }) => {
        if (docker().era >= 25) skip(OTHER_SINCE_25.includes(name))
        const path = await temporaryFile(archive())
        await docker().load(path)
        expect(await imagesOf(path)).toEqual(byID(await docker().images()))
      })
    }

    test('without repositories, which Docker complains of, too', async () => {
      const path = await temporaryFile(v1Archive([{ digit: '1' }, { digit: '2', parent: '1' }]))
      await expect(docker().load(path)).rejects.toThrow('repositories')
      expect(await imagesOf(path)).toEqual(byID(await docker().images()))
    })
  })
}

async function imagesOf(archive: string) {
  const { images } = await convert(archive, join(await temporaryDirectory(), 'layout'))
  const names = new Map<string, string[]>()
  for (const { config, reference } of images) {
    const own = reference === null ? [] : [familiarName(reference)]
    names.set(config ?? '', [...(names.get(config ?? '') ?? []), ...own].sort())
  }
  return Object.fromEntries([...names].sort())
}

function byID(images: readonly { id: string; names: readonly string[] }[]) {
  return Object.fromEntries(images.map(({ id, names }) => [id, [...names]] as const).sort())
}
