import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import {
  familiarName,
  isBareTag,
  parseName,
  parseReference,
  problemWithTag,
  repositoryOf,
  tagOf,
} from '../../src/spec/reference.js'

const DIGEST = digestOf(Buffer.from('x'))
const HEX = 'a'.repeat(64)

test.each([
  ['app', 'docker.io/library/app:latest'],
  ['app:v1', 'docker.io/library/app:v1'],
  ['team/app:v1', 'docker.io/team/app:v1'],
  ['docker.io/app', 'docker.io/library/app:latest'],
  ['index.docker.io/app', 'docker.io/library/app:latest'],
  ['index.docker.io/team/app', 'docker.io/team/app:latest'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/app', 'localhost:5000/app:latest'],
  ['[::1]:5000/app:v1', '[::1]:5000/app:v1'],
  ['registry.example/a/b__c/d-e.f:V_1.0-x', 'registry.example/a/b__c/d-e.f:V_1.0-x'],
  ['REGISTRY/app', 'REGISTRY/app:latest'],
  [`${HEX}:v1`, `docker.io/library/${HEX}:v1`],
  [`team/${HEX}`, `docker.io/team/${HEX}:latest`],
])('%s is the name %s', (text, name) => {
  expect(parseName(text)).toBe(name)
})

test('a reference says only what it has', () => {
  expect(parseReference('app')).toEqual({ repository: 'docker.io/library/app' })
  expect(parseReference(`app@${DIGEST}`)).toEqual({ repository: 'docker.io/library/app', digest: DIGEST })
  expect(parseReference(`host:1/app:v1@${DIGEST}`)).toEqual({ repository: 'host:1/app', tag: 'v1', digest: DIGEST })
})

test.each([
  ['', 'empty'],
  [':v1', 'empty'],
  [`@${DIGEST}`, 'empty'],
  ['App', 'lower-case'],
  ['docker.io/Team/app', 'lower-case'],
  ['-host.example/app', 'not a registry host'],
  ['host:port/app', 'not a registry host'],
  ['a..b', 'separated by'],
  ['a___b', 'separated by'],
  ['team//app', 'separated by'],
  ['app/', 'separated by'],
  ['/app', 'separated by'],
  ['../app', 'not a registry host'],
  ['app name', 'separated by'],
  ['app\n', 'separated by'],
  ['a'.repeat(240), 'at most 255'],
  [HEX, '64 hex digits'],
  ['app:', 'a tag has'],
  ['app:-v1', 'a tag has'],
  ['app:v1\n', 'a tag has'],
  [`app:${'v'.repeat(129)}`, 'a tag has'],
  ['app@sha256:12', 'not a digest'],
  ['app@', 'not a digest'],
])('%j is refused, naming the rule', (text, rule) => {
  expect(() => parseReference(text)).toThrow(
    expect.objectContaining({ code: 'FORMAT', message: expect.stringContaining(rule), found: JSON.stringify(text) }),
  )
})

test('an image cannot be given a name with a digest', () => {
  expect(() => parseName(`app:v1@${DIGEST}`)).toThrow(expect.objectContaining({ code: 'FORMAT' }))
})

test.each([
  ['docker.io/library/app:latest', 'app:latest'],
  ['docker.io/team/app:v1', 'team/app:v1'],
  ['docker.io/library/team/app:v1', 'library/team/app:v1'],
  ['docker.io.example/library/app:v1', 'docker.io.example/library/app:v1'],
  ['localhost:5000/app:v1', 'localhost:5000/app:v1'],
])('the short form of %s is %s', (full, short) => {
  expect(familiarName(full)).toBe(short)
})

test('a short form is read as the name that it was made of', () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,4})?$/)
  const path = fc.tuple(fc.stringMatching(/^x[a-z0-9-]{0,6}y$/), fc.array(part, { maxLength: 2 }))
  const host = fc.constantFrom('docker.io/team', 'docker.io/library', 'localhost', 'localhost:5000', 'ghcr.io', '[::1]')
  const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}$/)
  fc.assert(
    fc.property(host, path, tag, (registry, [first, others], version) => {
      const repository = [registry, first, ...others].join('/')
      const full = `${repository}:${version}`
      expect(parseName(full)).toBe(full)
      expect(parseName(familiarName(full))).toBe(full)
      expect([repositoryOf(full), tagOf(full)]).toEqual([repository, version])
    }),
  )
})

test.each([
  ['v1', true],
  ['_x.Y-2', true],
  ['v'.repeat(128), true],
  ['v'.repeat(129), false],
  ['.v1', false],
  ['app:v1', false],
  ['team/app', false],
  ['', false],
])('%s can be a tag: %s', (text, isTag) => {
  expect(isBareTag(text)).toBe(isTag)
  expect(problemWithTag(text) === undefined).toBe(isTag)
})

test.each(['a/', 'a.', 'a_', 'a-', 'A', ':', '@', 'a:', '.', '\u200e'])('millions of %j are no name', (part) => {
  const text = part.repeat(9e6)
  expect(() => parseName(text)).toThrow(
    expect.objectContaining({ code: 'FORMAT', found: expect.stringContaining('…') }),
  )
  expect(isBareTag(text)).toBe(false)
  expect(familiarName(`docker.io/library/${text}`).endsWith(part)).toBe(true)
})

test('the longest reference that is legal is one', () => {
  const path = 'a'.repeat(255 - 'docker.io/library/'.length)
  const text = `index.docker.io/library/${path}:${'t'.repeat(128)}@sha512:${'f'.repeat(128)}`
  expect(parseReference(text).tag).toHaveLength(128)
})
