import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { displayOf } from '../../src/cli/progress.js'

const overall = { done: 1, total: 2 }

test('auto shows nothing where there is no terminal', () => {
  expect(displayOf('auto', terminal({ isTTY: false }))).toBeUndefined()
})

test('none shows nothing in a terminal either', () => {
  expect(displayOf('none', terminal({ isTTY: true }))).toBeUndefined()
})

test('bars show a layer on its way, and leave a line for it when it is done', () => {
  const stream = terminal({ isTTY: true })
  const display = displayOf('auto', stream)
  display?.onProgress({ id: 1, name: 'a/layer.tar', done: 500_000, total: 1_000_000, ended: false, overall })
  display?.line('warning: something')
  expect(written(stream)).toMatch(/warning: something\n/)
  expect(written(stream)).toMatch(/a\/layer\.tar +\[=+ +\] +500 kB \/ +1\.00 MB +.*\/s +.* left\n/)
  display?.onProgress({ id: 1, name: 'a/layer.tar', done: 1_000_000, total: 1_000_000, ended: true, overall })
  display?.close()
  expect(written(stream)).toMatch(/a\/layer\.tar +1\.00 MB +[0-9.]+ .B\/s +[0-9.]+ s\n/)
  expect(written(stream).endsWith('\u001b[?25h')).toBe(true)
})

test('no line of bars is wider than the terminal', () => {
  const stream = terminal({ isTTY: true, columns: 60 })
  const display = displayOf('bar', stream)
  display?.onProgress({ id: 1, name: 'x'.repeat(100), done: 1, total: 10_000_000, ended: false, overall })
  display?.line('')
  display?.close()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the bars are drawn with escape sequences
  const sequences = /\u001b\[[?0-9]*[A-Za-z]/g
  const lines = written(stream).replace(sequences, '').split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(60)
})

test('plain shows a line for what is done, and no escape sequences', () => {
  const stream = terminal({ isTTY: true })
  const display = displayOf('plain', stream)
  display?.onProgress({ id: 1, name: 'a/layer.tar', done: 1, total: 2, ended: false, overall })
  display?.onProgress({ id: 1, name: 'a/layer.tar', done: 2, total: 2, ended: true, overall })
  display?.close()
  expect(written(stream)).toBe('a/layer.tar  2 B\n')
})

interface Screen extends NodeJS.WriteStream {
  text: string[]
}

function terminal({ isTTY, columns = 100 }: { isTTY: boolean; columns?: number }): Screen {
  const text: string[] = []
  const stream = new PassThrough().on('data', (chunk) => text.push(String(chunk)))
  return Object.assign(stream, { isTTY, columns, rows: 24, text }) as unknown as Screen
}

function written(stream: NodeJS.WriteStream): string {
  return (stream as Screen).text.join('')
}

test.each(['bar', 'plain'] as const)('a name does nothing to the terminal, and is cut, as %s', (style) => {
  const stream = terminal({ isTTY: true })
  const display = displayOf(style, stream)
  const name = `a\u200e\u001b[2J${'😀'.repeat(5000)}`
  display?.onProgress({ id: 1, name, done: 1_000_000, total: 1_000_000, ended: true, overall })
  display?.close()
  expect(written(stream)).toContain('a\\u200e\\u001b[2J')
  for (const raw of ['\u200e', '\ufffd', '\u001b[2J']) expect(written(stream)).not.toContain(raw)
  expect(written(stream).length).toBeLessThan(400)
})

test('a narrow terminal gets no half of a character', () => {
  for (let columns = 10; columns < 20; columns++) {
    const stream = terminal({ isTTY: true, columns })
    const display = displayOf('bar', stream)
    display?.onProgress({ id: 1, name: '😀'.repeat(20), done: 1_000_000, total: 1_000_000, ended: true, overall })
    display?.close()
    expect(written(stream).isWellFormed()).toBe(true)
  }
})
