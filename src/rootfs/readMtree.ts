import { ImageError } from '../spec/errors.js'
import { fieldsOf, type KeywordTexts, keywordTexts, type MtreeFields, sharedTexts } from './mtreeKeywords.js'
import { type MtreeLine, mtreeLines } from './mtreeLines.js'
import { quickFields, type SharedFields } from './mtreeQuick.js'
import { MtreeTree } from './mtreeTree.js'
import { visDecode } from './vis.js'

/** An entry of an mtree file. */
export interface MtreeRecord extends MtreeFields {
  /** Names with `/` between them, or `.` for the root. */
  path: Buffer
}

/** Maximum bytes of an mtree file: it may have some million entries. */
export const MTREE_LIMIT = 512 * 1024 * 1024

/**
 * Yields the entries of an mtree file, in its order. The file may come from anybody: each path is below the root, none
 * occurs twice, and a file that was cut off is refused at its end.
 * @throws ImageError FORMAT, UNSAFE; UNSUPPORTED for what umoci never writes
 */
export function* readMtree(bytes: Buffer, where: string): Generator<MtreeRecord> {
  if (bytes.length > MTREE_LIMIT) {
    throw new ImageError('UNSAFE', 'the mtree file is too large', { where, expected: `at most ${MTREE_LIMIT} bytes` })
  }
  const tree = new MtreeTree()
  let shared: Shared = { texts: new Map(), fields: undefined }
  for (const line of mtreeLines(bytes, where)) {
    const [first = '', ...words] = line.words
    if (first === '/set') shared = sharedOf(words, line.place)
    else if (first === '..') tree.leave(line.place)
    else yield record(line, { tree, shared })
  }
  tree.end(where)
}

/** What a `/set` line gives to the entries after it. */
interface Shared {
  texts: KeywordTexts
  /** Undefined where they cannot be read in advance. */
  fields: SharedFields | undefined
}

function sharedOf(words: readonly string[], place: string): Shared {
  return { texts: sharedTexts(words, place), fields: quickFields(sorted(words), {}) }
}

/** Returns keywords in the order that umoci gives them to an entry. */
function sorted(words: readonly string[]): string[] {
  const places = ['type', 'uid', 'gid', 'mode', 'nlink']
  const placeOf = (word: string) => places.indexOf(word.replace(/=.*/, ''))
  return [...words].sort((one, other) => placeOf(one) - placeOf(other))
}

function record({ words, place }: MtreeLine, { tree, shared }: { tree: MtreeTree; shared: Shared }): MtreeRecord {
  const [name = '', ...keywords] = words
  if (name.startsWith('/')) throw new ImageError('UNSUPPORTED', `${name} in an mtree file`, { where: place })
  const quick = shared.fields && quickFields(keywords, shared.fields)
  const fields = quick ?? fieldsOf(new Map([...shared.texts, ...keywordTexts(keywords, place)]), place)
  return { path: tree.add(visDecode(name, place), fields.type, place), ...fields }
}
