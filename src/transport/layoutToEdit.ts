import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Bytes, single } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { ImageError } from '../spec/errors.js'
import type { Reader } from '../store/blobs.js'
import { LAYOUT_FILE } from '../store/layout/layoutNames.js'
import type { LayoutSink } from '../store/layout/layoutSink.js'
import { openTold } from './layoutDestination.js'
import { assertNotPlanted } from './openOutput.js'

/** A layout directory whose images are to be changed. */
export interface LayoutToEdit extends AsyncDisposable {
  sink: LayoutSink
  /** Reads its documents, each once. */
  reader: Reader
}

/** Options for opening a layout. */
export interface EditContext {
  context: Context
  signal: AbortSignal | undefined
  /** What a linked folder of blobs means, for its warning. */
  linked?: string
}

/**
 * Opens a layout directory that exists.
 * @throws ImageError NOT_FOUND if there is no layout; UNSAFE, UNSUPPORTED
 */
export async function openLayoutToEdit(path: string, { context, signal, linked }: EditContext): Promise<LayoutToEdit> {
  assertLayout(path)
  const sink = await openTold(path, { context, signal, linked })
  const reader: Reader = {
    documents: context.documents,
    has: async (claim) => claim.data !== undefined || (await sink.has(claim)),
    open: (claim, start) => opened(sink, claim, start),
  }
  return { sink, reader, [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose]() }
}

/**
 * Checks that the path is a layout directory, and not another user's link to one.
 * @throws ImageError NOT_FOUND, UNSAFE
 */
export function assertLayout(path: string): void {
  // `resolve` drops a slash at the end, with which lstat would follow the link.
  const root = resolve(path)
  const found = lstatSync(root, { throwIfNoEntry: false })
  if (found?.isSymbolicLink() === true) assertNotPlanted(root, found)
  if (found !== undefined && lstatSync(`${root}/${LAYOUT_FILE}`, { throwIfNoEntry: false }) !== undefined) return
  throw new ImageError('NOT_FOUND', found === undefined ? 'no such file or directory' : `there is no ${LAYOUT_FILE}`, {
    where: path,
    expected: 'an OCI image layout',
    hint: found === undefined ? `transload init --layout ${path} makes one` : 'it is no layout directory',
  })
}

async function* opened(sink: LayoutSink, claim: Parameters<Reader['open']>[0], start?: number): Bytes {
  if (claim.data !== undefined && !(await sink.has(claim))) {
    yield* single(Buffer.from(claim.data, 'base64').subarray(start))
  } else yield* sink.open(claim, start)
}
