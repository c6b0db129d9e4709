import { expect, test } from 'vitest'
import { objectAt, objectsAt, setList, textAt, textsAt } from '../../src/bundle/exactFields.js'
import { type Exact, ExactNumber, type ExactObject } from '../../src/spec/json/exact.js'

test('the object of a field is changed in place, and made where there is none', () => {
  const parent: ExactObject = new Map([['text', 'no object']])
  const made = objectAt(parent, 'process')
  made.set('cwd', '/')
  expect(objectAt(parent, 'process')).toBe(made)
  expect(objectAt(parent, 'text')).toEqual(new Map())
  expect([...parent.keys()]).toEqual(['text', 'process'])
})

test('lists give their values of one kind, and nothing where they are no lists', () => {
  const mount: ExactObject = new Map([['destination', '/proc']])
  const parent: ExactObject = new Map<string, Exact>([
    ['list', [mount, 'text', null, new ExactNumber('7')]],
    ['text', 'ro'],
  ])
  expect(objectsAt(parent, 'list')).toEqual([mount])
  expect(textsAt(parent, 'list')).toEqual(['text'])
  expect([objectsAt(parent, 'text'), textsAt(parent, 'nothing')]).toEqual([[], []])
})

test('a text is empty where there is none', () => {
  const parent: ExactObject = new Map<string, Exact>([
    ['text', 'ro'],
    ['other', null],
  ])
  expect(['text', 'other', 'nothing'].map((key) => textAt(parent, key))).toEqual(['ro', '', ''])
})

test('a list that becomes empty goes, and others stay where they are', () => {
  const parent: ExactObject = new Map([
    ['first', ['a']],
    ['second', ['b']],
  ])
  setList(parent, 'first', ['c', 'd'])
  setList(parent, 'second', [])
  expect([...parent]).toEqual([['first', ['c', 'd']]])
})
