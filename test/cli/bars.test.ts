import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bars } from '../../src/cli/bars.js'

const MIB = 1024 * 1024

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('bars', () => {
  test('are drawn again in place, one for each piece on its way', () => {
    const { stream, written } = terminal({ columns: 100 })
    const bars = new Bars(stream)
    bars.onProgress(progress({ id: 1, name: 'one.tar', done: MIB }))
    bars.onProgress(progress({ id: 2, name: 'two.tar', done: 2 * MIB }))
    vi.advanceTimersByTime(100)
    const first = written().at(-1) ?? ''
    expect(first.split('\n').map((line) => line.slice(0, 7))).toEqual(['one.tar', 'two.tar', ''])
    vi.advanceTimersByTime(100)
    expect(
      written()
        .at(-1)
        ?.startsWith(`${upwards(2)}one.tar`),
    ).toBe(true)
    bars.close()
    expect(written().at(-1)).toBe(`${upwards(2)}\u001b[?25h`)
  })

  test('stay within the width and the height of the terminal', () => {
    const { stream, written } = terminal({ columns: 60, rows: 5 })
    const bars = new Bars(stream)
    for (let id = 0; id < 20; id++) bars.onProgress(progress({ id, name: `${'long/'.repeat(30)}${id}`, done: MIB }))
    vi.advanceTimersByTime(100)
    const lines = (written().at(-1) ?? '').trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(line.length).toBeLessThan(60)
    bars.close()
  })

  test('show no control characters of a name', () => {
    const { stream, written } = terminal({ columns: 100 })
    const bars = new Bars(stream)
    bars.onProgress(progress({ id: 1, name: 'a\u001b[2Jb\nc', done: MIB }))
    vi.advanceTimersByTime(100)
    expect(written().at(-1)?.split('\n')).toHaveLength(2)
    expect(written().at(-1)).not.toContain('\u001b[2J')
    bars.close()
  })
})

test('a piece that is done becomes a line that stays, and loses its bar', () => {
  const { stream, written } = terminal({ columns: 100 })
  const bars = new Bars(stream)
  bars.onProgress(progress({ id: 1, name: 'one.tar', done: MIB }))
  vi.advanceTimersByTime(1000)
  bars.onProgress({ ...progress({ id: 1, name: 'one.tar', done: 4 * MIB }), ended: true })
  expect(
    written()
      .at(-2)
      ?.startsWith(`${upwards(1)}one.tar `),
  ).toBe(true)
  expect(written().at(-1)).toBe('')
  bars.close()
})

test('a small piece gets neither bar nor line', () => {
  const { stream, written } = terminal({ columns: 100 })
  const bars = new Bars(stream)
  const small = { ...progress({ id: 1, name: 'config.json', done: 10 }), total: 10 }
  bars.onProgress(small)
  vi.advanceTimersByTime(100)
  bars.onProgress({ ...small, ended: true })
  bars.close()
  expect(written().join('')).toBe('\u001b[?25l\u001b[?25h')
})

function progress({ id, name, done }: { id: number; name: string; done: number }) {
  return { id, name, done, total: 4 * MIB, ended: false, overall: { done, total: 4 * MIB } }
}

/** Goes up some lines, and erases from there. */
function upwards(lines: number): string {
  return `\u001b[${lines}A\u001b[J`
}

/** The part of a terminal that bars use, and each text that was written to it. */
function terminal(size: { columns: number; rows?: number }) {
  const texts: string[] = []
  const stream = { ...size, write: (text: string) => texts.push(text) } as unknown as NodeJS.WriteStream
  return { stream, written: () => texts }
}
