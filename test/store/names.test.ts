import { describe, expect, test } from 'vitest'
import { legalName, named, nameOf, settled, unnamed } from '../../src/store/names.js'
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
  [{ 'io.containerd.image.name': 'docker.io/library/app:v1' }, 'docker.io/library/app:v1'],
  [{ 'io.containerd.image.name': 'app' }, 'docker.io/library/app:latest'],
  [{ [REF]: 'v1' }, 'docker.io/library/dir:v1'],
  [{ [REF]: 'app:v1' }, 'docker.io/library/app:v1'],
  [{ [REF]: 'registry.example.com/app' }, 'registry.example.com/app:latest'],
  [{ [REF]: 'no such:name!' }, 'no such:name!'],
  [{ other: 'x' }, undefined],
  [{ [REF]: '' }, undefined],
  [{ 'io.containerd.image.name': '', [REF]: '' }, undefined],
  [{ 'io.containerd.image.name': '', [REF]: 'v1' }, 'docker.io/library/dir:v1'],
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

const FULL = 'io.containerd.image.name'

describe('an entry with two names', () => {
  test.each([
    ['docker.io/library/app:v1', 'v1'],
    ['docker.io/library/app:v1', 'app:v1'],
    ['docker.io/library/app:v1', 'docker.io/library/app:v1'],
    ['docker.io/library/app:v1', 'index.docker.io/library/app:v1'],
    ['registry.example.com/org/app:v1', 'org/app:v1'],
    ['app', 'latest'],
    ['app', ''],
    ['a name of its own', 'a name of its own'],
    ['registry.example.com/app@sha256:1234', '@sha256:1234'],
    ['registry.example.com/app:v1@sha256:1234', 'v1@sha256:1234'],
  ])('that is %s has the same in the ref.name %s', (full, ref) => {
    const entry = { ...DESCRIPTOR, annotations: { [FULL]: full, [REF]: ref } }
    expect(nameOf(entry, 'dir')).toBe(legalName(full) ?? full)
    expect(settled(entry)).toBeUndefined()
  })

  test.each([
    ['docker.io/library/app:v1', 'v1-new', 'docker.io/library/app:v1-new'],
    ['docker.io/library/app:v1', '1', 'docker.io/library/app:1'],
    ['docker.io/library/app:v1', 'app', 'docker.io/library/app:app'],
    ['docker.io/library/app:v1', 'web:v1', 'docker.io/library/web:v1'],
    ['docker.io/library/app:v1', 'no name!', 'no name!'],
    ['No Name', 'v2', 'v2'],
  ])('that is %s and %s is called by its ref.name, and says so in both', (full, ref, name) => {
    const entry = { ...DESCRIPTOR, annotations: { [FULL]: full, [REF]: ref, other: 'x' } }
    expect(nameOf(entry, undefined)).toBe(name)
    const now = settled(entry)
    expect(now).toEqual({
      ...DESCRIPTOR,
      annotations: { other: 'x', ...(legalName(name) === name ? nameAnnotations(name) : { [REF]: ref }) },
    })
    expect(nameOf(now ?? DESCRIPTOR, undefined)).toBe(name)
  })
})
