// Reads a file system in a thread of its own, and makes a layer of it: all calls on the file system are synchronous, since
// that is four times as fast, and nothing else must wait for them.
import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { during, ImageError } from '../spec/errors.js'
import { writeTexts } from '../threads/writeFully.js'
import { callsHere } from './callsHere.js'
import { mtreeText } from './mtree.js'
import type { PackAnswer, PackData, PackedChanges, PackQuestion } from './packThread.js'
import { PackWork } from './packWork.js'

const data: PackData = workerData

/** Longest time without a look at messages, in milliseconds. */
const BREATH = 20

let isStopped = false
let work: PackWork | undefined
let last: Promise<void> = Promise.resolve()

parentPort?.on('message', (question: PackQuestion) => {
  if (question.kind === 'stop') isStopped = true
  last = last.then(() => reply(question))
})

async function reply(question: PackQuestion): Promise<void> {
  try {
    const answer = await answerTo(question)
    parentPort?.postMessage(answer, answer.kind === 'filled' ? [answer.bytes.buffer] : [])
  } catch (error) {
    const failure = during('read the file system', error)
    const record = failure instanceof ImageError ? failure.toRecord() : undefined
    parentPort?.postMessage({ kind: 'failed', record } satisfies PackAnswer)
  }
}

async function answerTo(question: PackQuestion): Promise<PackAnswer> {
  if (question.kind === 'stop') {
    work?.close()
    work = undefined
    return { kind: 'done' }
  }
  work ??= new PackWork(data, await callsHere(data.koffi))
  switch (question.kind) {
    case 'look':
      return { kind: 'found', found: await breathing(work.look()) }
    case 'fill':
      return { kind: 'filled', bytes: question.bytes, ...work.fill(question.bytes) }
    case 'describe':
      writeTexts(question.file, mtreeText(question.header, work.describe()))
      return { kind: 'done' }
  }
}

/** Does work piece by piece, and lets messages in between. */
async function breathing(steps: Generator<void, PackedChanges>): Promise<PackedChanges> {
  let since = performance.now()
  for (let count = 1; ; count++) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (count % 64 !== 0 || performance.now() - since < BREATH) continue
    await setImmediate()
    if (isStopped) throw new DOMException('stopped', 'AbortError')
    since = performance.now()
  }
}
