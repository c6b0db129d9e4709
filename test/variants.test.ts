import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { convert } from '../src/commands/convert.js'
import { ImageError } from '../src/spec/errors.js'
import { readIndex } from '../src/store/layout/layoutFiles.js'
import { inChunks } from './fixtures/bytes.js'
import { filesBelow, temporaryDirectory } from './fixtures/directory.js'
import { DOORS } from './fixtures/layout.js'
import { VARIANTS } from './variants/index.js'
import { PEERS, READERS, RESULTS } from './variants/peers.js'
import { archivesDocument } from './variants/print.js'
import type { Reading, Variant } from './variants/variant.js'

const DOCUMENT = fileURLToPath(new URL('../docs/archives.md', import.meta.url))

/** Chunks of the pipe end where neither blocks nor files do. */
const WAYS = Object.entries({ ...DOORS, pipe: async (archive: Buffer) => inChunks(archive, 777) })

test.each(VARIANTS.map((variant) => [titleOf(variant), variant] as const))('%s', async (_, variant) => {
  const { outcome } = variant
  const seen = await byEveryDoor(variant)
  expect(seen.length).toBeGreaterThan(1)
  for (const { door, found, layout } of seen) {
    const expected = 'reads' in outcome ? outcome.reads : expect.stringMatching(outcome.refuses)
    expect({ door, found }).toEqual({ door, found: expected })
    expect({ door, layout }).toEqual({ door, layout: seen[0]?.layout })
    expect('layout/index.json' in layout).toBe('reads' in outcome)
  }
})

test('a variant is built of the same bytes every time', async () => {
  for (const { name, build } of VARIANTS) {
    expect({ name, isSame: (await build()).equals(await build()) }).toEqual({ name, isSame: true })
  }
})

test('what is known of the readers is known of every variant', () => {
  expect(VARIANTS.map(({ name }) => name)).toEqual(Object.keys(PEERS))
  for (const letters of Object.values(PEERS)) {
    expect(letters).toHaveLength(READERS.length)
    for (const letter of letters) expect(Object.keys(RESULTS)).toContain(letter)
  }
})

test('docs/archives.md says what the tests show; UPDATE_DOCS=1 writes it anew', async () => {
  if (process.env.UPDATE_DOCS === '1') {
    await mkdir(dirname(DOCUMENT), { recursive: true })
    await writeFile(DOCUMENT, archivesDocument())
  }
  expect(await readFile(DOCUMENT, 'utf8')).toBe(archivesDocument())
})

function titleOf({ name, what, outcome, isInTar = false }: Variant): string {
  const outcomeName = 'refuses' in outcome ? 'is refused' : 'is read, and gives one layout,'
  return `${name} ${outcomeName} by every door${isInTar ? ' that a tar has' : ''}: ${what}`
}

interface Seen {
  door: string
  /** What was read, or why it was not. */
  found: Reading | string
  /** Content of each file below the directory that the layout is in. */
  layout: Record<string, string>
}

async function byEveryDoor({ build, isInTar = false }: Variant): Promise<Seen[]> {
  const archive = await build()
  const seen: Seen[] = []
  for (const [door, open] of WAYS) {
    if (door === 'directory' && isInTar) continue
    const path = join(await temporaryDirectory(), 'layout')
    const found = await outcomeOf(await open(archive), path)
    seen.push({ door, found, layout: await filesBelow(dirname(path)) })
  }
  return seen
}

async function outcomeOf(source: Parameters<typeof convert>[0], path: string): Promise<Reading | string> {
  try {
    const { images, warnings } = await convert(source, path)
    const { manifests } = readIndex(join(path, 'index.json'))
    return {
      images: new Set(manifests?.map(({ digest }) => digest)).size,
      names: images.flatMap(({ reference }) => reference ?? []).sort(),
      warnings: [...new Set(warnings.map(({ code }) => code))].sort(),
    }
  } catch (error) {
    if (error instanceof ImageError && error.code !== 'INTERNAL') return error.message
    throw error
  }
}
