import { describe, expect, test } from 'vitest'
import { ImageError } from '../../src/spec/errors.js'
import { readTar } from '../../src/tar/read.js'
import { collect, inChunks } from '../fixtures/bytes.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'
import { EXTENSIONS } from './go/extensions.js'
import { FIELDS } from './go/fields.js'
import { TYPES } from './go/types.js'

// What Go's reader returns was taken down from archive/tar of Go 1.19.8, given these very bytes.

describe.each([
  ['types', TYPES],
  ['fields', FIELDS],
  ['extensions', EXTENSIONS],
])('of odd %s Go and we make the same, or we refuse:', (_, cases) => {
  test.each(Object.entries(cases))(
    '%s',
    async (_, { entries, go, ours = withoutGlobal(go), harmless: [other] = [ours] }) => {
      expect(await read(tar(entries))).toBe(other)
    },
  )
})

/** What Go's reader makes of a file by its type, if it is none. */
const KINDS: Record<string, string> = {
  '1': 'hardlink n -> t',
  '2': 'symlink n -> t',
  '3': 'other n',
  '4': 'other n',
  '5': 'directory n',
  '6': 'other n',
}

describe('of every type', () => {
  const flags = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))

  test.each(flags.filter((flag) => !'SXgxLK'.includes(flag)))('Go and we make the same: %j', async (flag) => {
    const content = flag in KINDS ? '' : 'of n'
    const entries = [
      { name: 'n', bytes: { 156: Buffer.from(flag, 'latin1') }, content, size: 4, linkTarget: 't' },
      { name: 'z', content: 'of z' },
    ]
    expect(await read(tar(entries))).toBe(`${KINDS[flag] ?? 'file n: of n'}; file z: of z`)
  })

  test('we refuse "X", which Go reads as something else than others do', async () => {
    expect(await read(tar([{ name: 'n', type: 'X', magic: 'ustar  \0' }]))).toBe('refuses')
  })

  test('Go and we make the same of "S"', async () => {
    expect(await read(tar([{ name: 'n', type: 'S', magic: 'ustar  \0' }]))).toBe('file n: ')
    expect(await read(tar([{ name: 'n', type: 'S' }]))).toBe('refuses')
  })
})

describe('of an end', () => {
  const N: EntrySpec = { name: 'n', content: 'of n' }
  const READ = 'file n: of n'

  test.each([
    ['two zero blocks', Buffer.alloc(1024), READ],
    ['one zero block', Buffer.alloc(512), READ],
    ['nothing', Buffer.alloc(0), READ],
    ['two zero blocks and an entry', Buffer.concat([Buffer.alloc(1024), tar([N])]), READ],
    ['a zero block and an entry', Buffer.concat([Buffer.alloc(512), tar([N])]), 'refuses'],
    ['a part of a zero block', Buffer.alloc(100), 'refuses'],
    ['a header that is cut off', tar([N]).subarray(0, 100), 'refuses'],
    ['content that is cut off', tar([N]).subarray(0, 514), 'refuses'],
    ['content whose padding is cut off', tar([N]).subarray(0, 516), `${READ}; ${READ}`],
  ])('Go and we make the same: %s', async (_, end, read_) => {
    expect(await read(tar([N], { end }))).toBe(read_)
  })

  test('Go refuses one zero block and a part of the next; we do not, since there is nothing but the end', async () => {
    expect(await read(tar([N], { end: Buffer.alloc(700) }))).toBe(READ)
  })
})

/**
 * Go returns a header of all entries as an entry of a type of its own, without content. No engine makes an image of
 * that, whatever its name is.
 */
function withoutGlobal(go: string): string {
  const lines = go.split('; ').filter((line) => !line.startsWith('all '))
  return lines.join('; ')
}

/** What our reader makes of an archive, as the tables say it. */
async function read(archive: Buffer): Promise<string> {
  const lines: string[] = []
  try {
    for await (const { entry, content } of readTar(inChunks(archive, 512))) {
      const { path, type, linkTarget } = entry
      const rest = linkTarget === undefined ? '' : ` -> ${linkTarget}`
      lines.push(`${type} ${path}${type === 'file' ? `: ${await collect(content)}` : rest}`)
    }
  } catch (error) {
    if (error instanceof ImageError) return 'refuses'
    throw error
  }
  return lines.join('; ')
}
