import { readSmallFile } from '../io/smallFile.js'
import { ImageError } from '../spec/errors.js'
import type { Time } from '../tar/attributes.js'
import type { MtreeFields } from './mtreeKeywords.js'
import { MTREE_LIMIT, readMtree } from './readMtree.js'

/** What an mtree file says, by path as a binary string. */
export interface Recorded {
  records: Map<string, MtreeFields>
  /** When it was written, or a microsecond before: the clock is read less exactly than it goes. */
  at: Time
}

/** Reads an mtree file, which may come from anybody. @throws ImageError NOT_FOUND, FORMAT, UNSAFE, UNSUPPORTED */
export function readRecords(path: string, where: string): Recorded {
  const file = readSmallFile(path, { limit: MTREE_LIMIT, where })
  if (file === undefined) throw new ImageError('NOT_FOUND', 'there is no mtree file of what was unpacked', { where })
  const records = new Map<string, MtreeFields>()
  for (const { path, ...fields } of readMtree(file.bytes, where)) records.set(path.toString('latin1'), fields)
  const microseconds = Math.floor(Math.min(file.writtenAt, file.changedAt) * 1000) - 1
  const seconds = Math.floor(microseconds / 1e6)
  return { records, at: { seconds, nanoseconds: (microseconds - seconds * 1e6) * 1000 } }
}
