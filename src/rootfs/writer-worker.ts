// Writes layers into a root directory, in a thread of its own: all calls on the file system are synchronous, since
// that is four times as fast, and nothing else must wait for them.
import { parentPort, workerData } from 'node:worker_threads'
import { during, ImageError, isSystemError } from '../spec/errors.js'
import { LayerParser } from '../tar/layerParser.js'
import { writeTexts } from '../threads/writeFully.js'
import { callsHere } from './callsHere.js'
import { Directories } from './directories.js'
import { Finisher } from './finish.js'
import { LayerWriter } from './layerWriter.js'
import type { Rights } from './metadata.js'
import { mtreeText } from './mtree.js'
import { Oddities } from './oddities.js'
import type { WriterAnswer, WriterData, WriterQuestion } from './writerThread.js'

const { root, koffi, owners, keepsDirectoryLinks, isSummed, isOver }: WriterData = workerData

const calls = await callsHere(koffi)
const oddities = new Oddities()
const self = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }
const rights: Rights = { calls, owners, self, oddities }
const rootFile = calls.openRoot(root)
const directories = new Directories(calls, rootFile)
const writer = new LayerWriter(rights, directories, { keepsDirectoryLinks, isSummed })
let parser = new LayerParser(writer)
let isConfined = false
let hasFailed = false

parentPort?.on('message', (question: WriterQuestion) => {
  if (question.kind === 'close') return close()
  if (hasFailed || Atomics.load(isOver, 0) !== 0) return
  try {
    const bytes = question.kind === 'bytes' ? question.bytes : undefined
    const answer = answerTo(question)
    parentPort?.postMessage(answer, bytes === undefined ? [] : [bytes.buffer])
  } catch (error) {
    hasFailed = true
    fail(error)
  }
})

prepare()

function prepare(): void {
  calls.changeOwnerOf(rootFile, self)
  calls.changeModeOf(rootFile, 0o700)
  // A list that new objects inherit may come from the directory above.
  for (const list of ['system.posix_acl_access', 'system.posix_acl_default']) calls.removeXattrOf(rootFile, list)
  isConfined = self.uid === 0 && calls.confineTo(rootFile)
}

function answerTo(question: Exclude<WriterQuestion, { kind: 'close' }>): WriterAnswer {
  switch (question.kind) {
    case 'bytes':
      parser.push(new Uint8Array(question.bytes.buffer, 0, question.length))
      return { kind: 'bytes', bytes: question.bytes, entries: writer.entries }
    case 'end of layer':
      parser.end()
      writer.nextLayer()
      parser = new LayerParser(writer)
      return { kind: 'done' }
    case 'finish':
      finish(question)
      return { kind: 'finished', counts: oddities.list(), entries: writer.entries, isConfined }
  }
}

function finish({ mtree }: WriterQuestion & { kind: 'finish' }): void {
  const finisher = new Finisher(rights, directories)
  if (mtree === undefined) finisher.finish()
  else writeTexts(mtree.file, mtreeText(mtree.header, finisher.describe()))
}

/** Closes all files, and ends the thread. */
function close(): void {
  writer.close()
  directories.closeAll()
  calls.close(rootFile)
  parentPort?.close()
}

function fail(error: unknown): void {
  const failure = during('write the file system', error)
  const record = failure instanceof ImageError ? failure.toRecord() : undefined
  const isForRoot = self.uid !== 0 && !owners.isRootless && isOfPermission(failure)
  const hint = 'only root gives files to other users; --rootless keeps them yours'
  const advised = record && isForRoot ? { ...record, details: { ...record.details, hint } } : record
  parentPort?.postMessage({ kind: 'failed', record: advised } satisfies WriterAnswer)
}

function isOfPermission(error: unknown): boolean {
  if (isSystemError(error, 'EPERM')) return true
  return error instanceof ImageError && isOfPermission(error.cause)
}
