import { expect, test } from 'vitest'
import { textOf } from '../../../src/spec/json/goText.js'

const OUT = '\ufffd'

// As strings.ToValidUTF8 and encoding/json of Go have it, one by one.
test.each([
  ['a byte of Latin-1', 'caf\xe9!', `caf${OUT}!`],
  ['a sequence that breaks off', 'a\xe2\x82b', `a${OUT}${OUT}b`],
  ['one that breaks off at the end', 'a\xf0\x9f\x98', `a${OUT}${OUT}${OUT}`],
  ['an overlong sequence', '\xc0\x80\xe0\x80\x80', OUT.repeat(5)],
  ['half of a surrogate pair', '\xed\xa0\x80', OUT.repeat(3)],
  ['what is beyond Unicode', '\xf4\x90\x80\x80', OUT.repeat(4)],
  ['bytes that only follow others', '\x80\xbf', OUT.repeat(2)],
  ['what is between UTF-8', '\xc3\xa9\xff\xe4\xb8\xad', `é${OUT}中`],
])('%s is as many U+FFFD as Go makes of it', (_, bytes, text) => {
  expect(textOf(Buffer.from(bytes, 'latin1'))).toBe(text)
})

test('UTF-8 is what it is', () => {
  const text = `é中😀${OUT}`
  expect(textOf(Buffer.from(text))).toBe(text)
})

test('what is long is mended to its end', () => {
  const bytes = Buffer.concat([Buffer.alloc(100_000, 0xff), Buffer.from('é中😀'.repeat(30_000)), Buffer.from([0xe9])])
  expect(textOf(bytes)).toBe(`${OUT.repeat(100_000)}${'é中😀'.repeat(30_000)}${OUT}`)
})
