import { describe, expect, test } from 'vitest'
import { dockerEntries, image } from '../fixtures/image.js'
import { converted } from '../fixtures/layout.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'

const good = image({ files: ['one'] })
const evil = image({ files: ['two'] })
const [table] = dockerEntries([evil]).slice(-1)
const files: EntrySpec[] = [
  ...dockerEntries([good]),
  ...dockerEntries([evil]).slice(0, -1),
  { name: 'other.json', content: table?.content ?? '' },
]
const link = (type: string, linkTarget = 'other.json'): EntrySpec => ({ name: 'manifest.json', type, linkTarget })

describe('a path that is there more than once is refused:', () => {
  test.each<[string, EntrySpec[]]>([
    ['as a file and a symlink', [link('2')]],
    ['as a file and a hard link', [link('1')]],
    ['as a file and a directory', [{ name: 'manifest.json/', type: '5' }]],
    ['as a file and a FIFO', [{ name: 'manifest.json', type: '6' }]],
  ])('%s', async (_, more) => {
    for (const entries of [
      [...files, ...more],
      [...more, ...files],
    ]) {
      await expect(converted(tar(entries))).rejects.toMatchObject({
        code: 'FORMAT',
        message: expect.stringContaining('more than once, as different things'),
      })
    }
  })

  test('as two symlinks', async () => {
    const entries = files.filter(({ name }) => name !== 'manifest.json')
    const two = [link('2'), link('2', 'more.json'), { name: 'more.json', content: '[]' }]
    await expect(converted(tar([...entries, ...two]))).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

test('a directory, or one link, may be there as often as it likes', async () => {
  const entries = files.filter(({ name }) => name !== 'manifest.json')
  const directories = ['a/', 'a/'].map((name) => ({ name, type: '5' }))
  const { images } = await converted(tar([...entries, ...directories, link('2'), link('2')]))
  expect(images).toHaveLength(1)
})
