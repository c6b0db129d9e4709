import type { FileHandle } from 'node:fs/promises'
import { skipping } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { readRange } from '../io/range.js'
import { Members } from '../tar/members.js'
import { expanded } from '../tar/sparse.js'
import { type PlacedEntry, walkTar } from '../tar/walk.js'
import type { Contents } from './archive.js'

/** Reads only the headers of an archive in a file; contents are read when opened. */
export async function fileContents(
  file: FileHandle,
  { budget, breathe }: Pick<Context, 'budget' | 'breathe'>,
): Promise<Contents<PlacedEntry>> {
  const members = new Members<PlacedEntry>(budget)
  const outside: string[] = []
  const walk = walkTar(file)
  for (let next = await walk.next(); ; next = await walk.next()) {
    if (next.done) {
      return {
        members,
        open: (member, start = 0, enough = member.size) => {
          const { offset, size, sparse } = member
          if (sparse === undefined)
            return readRange(file, { offset: offset + start, length: Math.min(size - start, enough) })
          return skipping(expanded(readRange(file, { offset, length: sparse.stored }), sparse, size), start)
        },
        ending: next.value,
        outside,
      }
    }
    if (!members.add(next.value)) outside.push(next.value.path)
    await breathe()
  }
}
