import { expect, test } from 'vitest'
import { contextOf, type Progress } from '../../src/bytes/context.js'
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
