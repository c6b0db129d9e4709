import { expect, test } from 'vitest'
import { collecting, contextOf, type Progress } from '../../src/bytes/context.js'
import type { Warning } from '../../src/spec/warnings.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

const WARNING: Warning = { code: 'CONFIG_NAME', message: 'the name is odd', where: 'config.json' }

test('content passes unchanged, and is reported and counted', async () => {
  const reports: Progress[] = []
  const context = contextOf({ onProgress: (progress) => reports.push(progress) })
  const bytes = content(10)
  expect(await collect(context.watch({ name: 'layer', size: 10 }, inChunks(bytes, 4)))).toEqual(bytes)
  expect(reports.map(({ done, ended }) => [done, ended])).toEqual([
    [4, false],
    [8, false],
    [10, false],
    [10, true],
  ])
  expect(reports[0]).toMatchObject({ name: 'layer', total: 10 })
  expect(context.bytesRead).toBe(10)
})

test('pieces that are on their way together have different ids', async () => {
  const ids = new Set<number>()
  const context = contextOf({ onProgress: ({ id }) => ids.add(id) })
  const watched = () => collect(context.watch({ name: 'same', size: 10 }, inChunks(content(10), 1)))
  await Promise.all([watched(), watched()])
  expect(ids.size).toBe(2)
  expect(context.bytesRead).toBe(20)
})

test('content stops passing when the signal aborts', async () => {
  const controller = new AbortController()
  const context = contextOf({ signal: controller.signal, onProgress: ({ done }) => done >= 3 && controller.abort() })
  const reading = collect(context.watch({ name: 'layer', size: 10 }, inChunks(content(10), 1)))
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
  expect(context.bytesRead).toBe(3)
})

test('warnings go where they are wanted', () => {
  const warnings: Warning[] = []
  contextOf({ onWarning: (warning) => warnings.push(warning) }).warn(WARNING)
  expect(warnings).toEqual([WARNING])
  expect(() => contextOf({}).warn(WARNING)).not.toThrow()
})

test('a strict context makes errors of warnings', () => {
  expect(() => contextOf({ strict: true }).warn(WARNING)).toThrow(
    expect.objectContaining({ code: 'FORMAT', where: 'config.json' }),
  )
})

test('as much is done at a time as was asked for, else up to four', () => {
  expect(contextOf({ jobs: 7 }).jobs).toBe(7)
  const { jobs } = contextOf({})
  expect(jobs >= 1 && jobs <= 4).toBe(true)
})

test('a command that says what it was warned of lists some of each code, while who listens hears all', () => {
  let heard = 0
  const { context, warnings } = collecting({ onWarning: () => heard++ })
  for (let at = 0; at < 1500; at++) context.warn(WARNING)
  context.warn({ ...WARNING, code: 'HISTORY' })
  expect(heard).toBe(1501)
  expect(warnings()).toHaveLength(1002)
  expect(warnings().slice(-2)).toEqual([
    { ...WARNING, code: 'HISTORY' },
    { ...WARNING, message: '500 more of this kind', more: 500 },
  ])
})

test('a warning is cut before it is told, or refused', () => {
  const long = { ...WARNING, message: 'm'.repeat(1e6), where: 'w'.repeat(1e6) }
  const heard: Warning[] = []
  contextOf({ onWarning: (warning) => heard.push(warning) }).warn(long)
  expect(heard.map(({ message, where }) => message.length + where.length)).toEqual([601])
  expect(() => contextOf({ strict: true }).warn(long)).toThrow(/^w{300}…: m+…m+$/)
})

test('long loops let timers and signals in, and end when the work is to stop', async () => {
  const controller = new AbortController()
  const context = contextOf({ signal: controller.signal })
  setTimeout(() => controller.abort(), 1)
  const loop = async () => {
    for (;;) await context.breathe()
  }
  await expect(loop()).rejects.toMatchObject({ name: 'AbortError' })
})
