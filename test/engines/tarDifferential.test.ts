import fc from 'fast-check'
import { expect } from 'vitest'
import { ImageError } from '../../src/spec/errors.js'
import { readTar } from '../../src/tar/read.js'
import { collect, inChunks } from '../fixtures/bytes.js'
import { oddArchives } from '../fixtures/oddTar.js'
import { testWith } from './engine.js'
import { TAR_READERS, type View, viewOf } from './tarReaders.js'

const ARCHIVES = 1500

testWith(...Object.keys(TAR_READERS))(
  'what GNU tar, bsdtar and Python agree on we find too, or we refuse',
  async () => {
    const read = await readable(fc.sample(oddArchives, { numRuns: ARCHIVES, seed: 1 }))
    const archives = read.map(({ archive }) => archive)
    const found = await Promise.all(Object.values(TAR_READERS).map((reader) => reader(archives)))
    const agreed = read.flatMap(({ archive, ours }, at) => {
      const theirs = agreedView(found.map((views) => views[at]))
      return theirs === undefined ? [] : [{ archive: archive.toString('base64'), ours, theirs }]
    })
    // A test of archives that nobody agrees on would be none.
    expect(agreed.length).toBeGreaterThan(ARCHIVES / 20)
    expect(agreed.map(({ archive, ours }) => ({ archive, ours }))).toEqual(
      agreed.map(({ archive, theirs }) => ({ archive, ours: theirs })),
    )
  },
)

/** What all find; nothing if they differ, or one refuses. */
function agreedView([first, ...others]: readonly (View | undefined)[]): View | undefined {
  return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : undefined
}

/** The archives that we do not refuse, and what we find in them. */
async function readable(archives: readonly Buffer[]): Promise<{ archive: Buffer; ours: View }[]> {
  const read: { archive: Buffer; ours: View }[] = []
  for (const archive of archives) {
    const ours = await view(archive)
    if (ours !== undefined) read.push({ archive, ours })
  }
  return read
}

async function view(archive: Buffer): Promise<View | undefined> {
  const names: string[] = []
  const parts: Buffer[] = []
  try {
    for await (const { entry, content } of readTar(inChunks(archive, 512))) {
      names.push(entry.path)
      parts.push(await collect(content))
    }
  } catch (error) {
    if (error instanceof ImageError) return undefined
    throw error
  }
  return viewOf(names, Buffer.concat(parts).toString('latin1'))
}
