import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Threads } from '../../src/threads/threads.js'

/** Answers with what it is asked; ends if it is asked to, fails if it is told to. */
const PROGRAM = `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId } from 'node:worker_threads'
    parentPort.on('message', (question) => {
      if (question === 'end') process.exit()
      if (question === 'fail') throw new Error('told to')
      parentPort.postMessage({ question, threadId })
    })`)}`

interface Answer {
  question: string
  threadId: number
}

test('answers come in the order of the questions', async () => {
  const thread = new Threads<string, Answer>(PROGRAM).leastBusy()
  const answers = await Promise.all(['a', 'b', 'c'].map((question) => thread.ask(question)))
  expect(answers.map(({ question }) => question)).toEqual(['a', 'b', 'c'])
})

test('an idle thread is taken before another is started, and that which has least to do when there are enough', () => {
  const threads = new Threads<string, Answer>(PROGRAM)
  const first = threads.leastBusy()
  expect(threads.leastBusy()).toBe(first)
  const all = Array.from({ length: 20 }, () => {
    const thread = threads.leastBusy()
    thread.open++
    return thread
  })
  const each = new Set(all)
  expect(each.size).toBeLessThanOrEqual(4)
  const opens = [...each].map(({ open }) => open)
  expect(Math.max(...opens) - Math.min(...opens)).toBeLessThanOrEqual(1)
})

test.each([
  ['end', { code: 'INTERNAL' }],
  ['fail', { message: 'told to' }],
])('who waits for a thread, or asks it later, is told of its %s; the next one is new', async (how, error) => {
  const threads = new Threads<string, Answer>(PROGRAM)
  const thread = threads.leastBusy()
  const outcomes = await Promise.allSettled([thread.ask(how), thread.ask('a')])
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: error })
  await expect(thread.ask('b')).rejects.toMatchObject(error)
  const next = threads.leastBusy()
  expect(next).not.toBe(thread)
  expect(await next.ask('c')).toMatchObject({ question: 'c' })
})

test('options of Node that are not for files do not keep a thread from starting', async () => {
  const threads = JSON.stringify(new URL('../../dist/threads/threads.js', import.meta.url))
  const program = `import { Threads } from ${threads}
    console.log(await new Threads(new URL(${JSON.stringify(PROGRAM)})).leastBusy().ask('a'))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  expect(stdout).toContain("question: 'a'")
})

test('the one that has least to do is asked, and counted as busy until it has answered', async () => {
  const threads = new Threads<string, Answer>(PROGRAM)
  const first = threads.leastBusy()
  const answer = threads.ask('a')
  expect(first.open).toBe(1)
  expect((await answer).question).toBe('a')
  expect(first.open).toBe(0)
})
