import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { Descriptor, Index } from '../../src/spec/parse.js'
import { type Move, mergeEntries, refuseMove } from '../../src/store/merge.js'
import { nameAnnotations } from '../fixtures/image.js'

describe('merging', () => {
  test('adds entries behind those there', () => {
    const [a, b, c] = [entry('a', 'x/a:1'), entry('b', 'x/b:2'), entry('c', 'x/c:3')]
    expect(merged([a], [b, c]).manifests).toEqual([a, b, c])
  })

  test('moves a name to the newcomer, in the old one’s place', () => {
    const [old, other, now] = [entry('old', 'x/a:1'), entry('other', 'x/b:2'), entry('new', 'x/a:1')]
    expect(merged([old, other], [now]).manifests).toEqual([now, other])
  })

  test('tells of a name that moves, with the digests, and of none that stays', () => {
    const [old, other, now] = [entry('old', 'x/a:1'), entry('other', 'x/b:2'), entry('new', 'x/a:1')]
    const moves: Move[] = []
    merged([old, other], [now, other, entry('third', 'x/c:3')], { moves })
    expect(moves).toEqual([{ name: 'x/a:1'.replace('x', 'docker.io/x'), from: old.digest, to: now.digest }])
    expect(() => refuseMove(moves[0] as Move)).toThrow(old.digest)
  })

  test.each<[string, Descriptor[]]>([
    ['names of several platforms in between', [platform('amd64'), entry('b', 'x/b:2'), platform('arm64')]],
    ['an image without a name behind it with one', [entry('a', 'x/a:1'), entry('a'), entry('b')]],
    ['an image without a name before it with one', [entry('a'), entry('a', 'x/a:1')]],
    ['two names with another image between them', [entry('a', 'x/a:1'), entry('b', 'x/b:2'), entry('a', 'x/a:3')]],
  ])('changes nothing where all is there already: %s', (_, entries) => {
    expect(merged([], entries).manifests).toEqual(entries)
    expect(merged(entries, entries).manifests).toEqual(entries)
  })

  test('adds an image without a name once', () => {
    expect(merged([entry('a')], [entry('a'), entry('b'), entry('b')]).manifests).toEqual([entry('a'), entry('b')])
  })

  test('adds no unnamed entry of an image that has a name', () => {
    const named = entry('a', 'x/a:1')
    expect(merged([named], [entry('a')]).manifests).toEqual([named])
  })

  test('gives the newcomer its familiar name where its tag is taken, and tells', () => {
    const [old, now] = [entry('old', 'docker.io/library/a:1'), entry('new', 'docker.io/library/b:1')]
    const taken: Descriptor[] = []
    const { manifests } = merged([old], [now], { taken })
    expect(manifests?.[0]).toEqual(old)
    expect(manifests?.[1]?.annotations).toEqual({
      'io.containerd.image.name': 'docker.io/library/b:1',
      'org.opencontainers.image.ref.name': 'b:1',
    })
    expect(taken).toEqual([manifests?.[1]])
  })

  test('keeps both of two platforms under one name', () => {
    const entries = ['amd64', 'arm64'].map((architecture) => ({
      ...entry(architecture, 'x/a:1'),
      platform: { os: 'linux', architecture },
    }))
    expect(merged([], entries).manifests).toEqual(entries)
    expect(merged(entries, entries).manifests).toEqual(entries)
  })

  test('keeps the entry of another platform that the same manifest is of', () => {
    const of = (variant: string) => ({
      ...entry('a', 'x/a:1'),
      platform: { os: 'linux', architecture: 'arm', variant },
    })
    const [one, other] = [of('v6'), of('v7')]
    expect(merged([one, other], [one]).manifests).toEqual([one, other])
    expect(merged([one], [other]).manifests).toEqual([one, other])
    expect(merged([one, other], [entry('a', 'x/a:1')]).manifests).toEqual([entry('a', 'x/a:1')])
    expect(merged([entry('a', 'x/a:1')], [one]).manifests).toEqual([one])
  })

  test('keeps images whose ref.name is empty beside each other', () => {
    const empty = { annotations: { 'org.opencontainers.image.ref.name': '' } }
    const [a, b] = [
      { ...entry('a'), ...empty },
      { ...entry('b'), ...empty },
    ]
    const [moves, taken]: [Move[], Descriptor[]] = [[], []]
    expect(merged([a], [b], { moves, taken }).manifests).toEqual([a, b])
    expect([...moves, ...taken]).toEqual([])
  })

  test('takes a bare tag for one of the directory’s name', () => {
    const old = { ...entry('old'), annotations: { 'org.opencontainers.image.ref.name': '1' } }
    const now = entry('new', 'docker.io/library/dir:1')
    expect(merged([old], [now]).manifests).toEqual([now])
  })

  test('keeps what else the index says, in its order', () => {
    const current: Index = { schemaVersion: 2, manifests: null, annotations: { a: 'b' } }
    const merged = mergeEntries(current, [entry('a')], { repository: 'dir', onTaken: () => {}, onMoved: () => {} })
    const expected = { schemaVersion: 2, manifests: [entry('a')], annotations: { a: 'b' } }
    expect(JSON.stringify(merged)).toBe(JSON.stringify(expected))
  })
})

function platform(architecture: string): Descriptor {
  return { ...entry(architecture, 'x/a:1'), platform: { os: 'linux', architecture } }
}

function entry(content: string, fullName?: string): Descriptor {
  const descriptor = { mediaType: OCI_MANIFEST, digest: digestOf(Buffer.from(content)), size: content.length }
  return fullName === undefined ? descriptor : { ...descriptor, annotations: nameAnnotations(fullName) }
}

function merged(
  current: Descriptor[],
  newcomers: Descriptor[],
  { taken = [], moves = [] }: { taken?: Descriptor[]; moves?: Move[] } = {},
): Index {
  const onTaken = (one: Descriptor) => taken.push(one)
  const onMoved = (move: Move) => moves.push(move)
  return mergeEntries({ schemaVersion: 2, manifests: current }, newcomers, { repository: 'dir', onTaken, onMoved })
}
