import { describe, expect, test } from 'vitest'
import { Budget } from '../../src/spec/budget.js'
import { digestOf } from '../../src/spec/digest.js'
import { Documents, JSONDocument } from '../../src/spec/documents.js'

describe('a document', () => {
  test('is parsed once as what it is asked for', () => {
    const made = document('{"os":"linux"}')
    expect(made.config()).toEqual({ os: 'linux' })
    expect(made.config()).toBe(made.config('elsewhere'))
  })

  test('that is of another kind is refused each time', () => {
    const made = document('[]')
    for (let tries = 0; tries < 2; tries++) {
      expect(() => made.manifest()).toThrow(expect.objectContaining({ code: 'FORMAT', where: made.digest }))
    }
    expect(() => made.index()).toThrow(expect.objectContaining({ code: 'FORMAT' }))
  })
})

describe('documents', () => {
  test('are held once, and take their bytes once', () => {
    const budget = new Budget()
    const documents = new Documents(budget)
    const [one, same] = [document(LARGE), document(LARGE)]
    for (let count = 0; count < 1000; count++) expect(documents.keep(count % 2 === 0 ? one : same)).toBe(one)
    expect(documents.get(one.digest)).toBe(one)
    expect(budget.documents.hasRoomFor(64 * 1024 * 1024 - LARGE.length)).toBe(true)
    expect(budget.documents.hasRoomFor(64 * 1024 * 1024 - LARGE.length + 1)).toBe(false)
  })

  test('that are too much to be held are refused', () => {
    const documents = new Documents(new Budget())
    const hold = () => {
      for (let number = 0; number < 40; number++) documents.keep(document(`[${number}]`.padEnd(2 * 1024 * 1024)))
    }
    expect(hold).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
    expect(documents.isFull).toBe(true)
  })

  test('that are large and read again and again are held in the end, small ones never', () => {
    const documents = new Documents(new Budget())
    for (let count = 0; count < 100; count++) {
      documents.pass(document(LARGE))
      documents.pass(document('{}'))
      if (count === 2) expect(documents.isHeld(document(LARGE).digest)).toBe(false)
    }
    expect(documents.isHeld(document(LARGE).digest)).toBe(true)
    expect(documents.isHeld(document('{}').digest)).toBe(false)
  })

  test('that were read last are known until the next one is', () => {
    const documents = new Documents(new Budget())
    const [one, other] = [document('{}'), document('[]')]
    documents.pass(one)
    expect(documents.get(one.digest)).toBe(one)
    documents.pass(other)
    expect([documents.get(one.digest), documents.get(other.digest)]).toEqual([undefined, other])
  })

  test('are lent without what is kept meanwhile', () => {
    const documents = new Documents(new Budget())
    const [held, own] = [documents.keep(document('{}')), document('[]')]
    const lent = documents.lent()
    expect(lent.get(held.digest)).toBe(held)
    expect(lent.keep(own)).toBe(own)
    expect([lent.get(own.digest), documents.get(own.digest)]).toEqual([undefined, undefined])
  })
})

const LARGE = `{"author":"${'a'.repeat(100_000)}"}`

function document(text: string): JSONDocument {
  const bytes = Buffer.from(text)
  return new JSONDocument(digestOf(bytes), bytes)
}
