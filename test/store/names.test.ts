import { expect, test } from 'vitest'
import { legalName, named, nameOf, unnamed } from '../../src/store/names.js'
import { nameAnnotations } from '../fixtures/image.js'

const DESCRIPTOR = { mediaType: 'm', digest: 'd', size: 1 }
const REF = 'org.opencontainers.image.ref.name'

test('a name is two annotations beside the others, and goes without them', () => {
  const other = { ...DESCRIPTOR, annotations: { a: 'b' } }
  const both = named(other, 'docker.io/library/app:v1')
  expect(both.annotations).toEqual({ a: 'b', ...nameAnnotations('docker.io/library/app:v1') })
  expect(unnamed(both)).toEqual(other)
  expect(unnamed(named(DESCRIPTOR, 'docker.io/library/app:v1'))).toEqual(DESCRIPTOR)
})

test.each([
  [{ 'io.containerd.image.name': 'docker.io/library/app:v1', [REF]: 'x' }, 'docker.io/library/app:v1'],
  [{ 'io.containerd.image.name': 'app' }, 'docker.io/library/app:latest'],
  [{ [REF]: 'v1' }, 'docker.io/library/dir:v1'],
  [{ [REF]: 'app:v1' }, 'docker.io/library/app:v1'],
  [{ [REF]: 'registry.example.com/app' }, 'registry.example.com/app:latest'],
  [{ [REF]: 'no such:name!' }, 'no such:name!'],
  [{ other: 'x' }, undefined],
])('an entry with %j is called %s', (annotations, name) => {
  expect(nameOf({ ...DESCRIPTOR, annotations }, 'dir')).toBe(name)
})

test('a bare tag stays one where nobody knows of what', () => {
  const entry = { ...DESCRIPTOR, annotations: { [REF]: 'v1' } }
  expect(nameOf(entry, undefined)).toBe('v1')
  expect(nameOf(entry, 'No Repository')).toBe('v1')
})

test('a text is a full name or none', () => {
  expect(legalName('app')).toBe('docker.io/library/app:latest')
  expect(legalName('Not A Name')).toBeUndefined()
  expect(legalName('')).toBeUndefined()
})
