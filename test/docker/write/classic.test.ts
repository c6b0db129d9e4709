import { describe, expect, test } from 'vitest'
import {
  type ClassicImage,
  classicImages,
  foreignSources,
  line,
  repositoriesOf,
  repoTagsOf,
  sorted,
} from '../../../src/docker/write/classic.js'
import { digestOf } from '../../../src/spec/digest.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { stacked } from '../../fixtures/archives.js'
import { exportImage } from '../../fixtures/exporting.js'
import { image } from '../../fixtures/image.js'
import { tar } from '../../fixtures/tar.js'

const OPTIONS = { era: 'docker-legacy', epoch: '1970-01-01T00:00:00Z' } as const
const NAMES = ['docker.io/library/app:v1', 'docker.io/team/app:v2']

describe('images of the classic store', () => {
  test('have the ID of their config, its bytes, and its layers, bottom first', () => {
    const made = image({ config: { created: '2024-01-02T03:04:05.9Z' } })
    const [classic, ...others] = classicImages([exportImage(made, NAMES)], OPTIONS)
    expect(others).toEqual([])
    expect(classic).toMatchObject({
      id: digestOf(made.config),
      config: made.config,
      names: NAMES,
      mtime: Date.UTC(2024, 0, 2, 3, 4, 5) / 1000,
    })
    expect(classic?.layers.map(({ diffID }) => diffID)).toEqual(made.layers.map((layer) => digestOf(layer)))
    expect(classic?.layers.map(({ descriptor }) => descriptor.size)).toEqual(made.layers.map((layer) => layer.length))
    expect(classic?.layers[1]?.v1.json.toString()).toContain(`"parent":"${classic?.layers[0]?.v1.id}"`)
  })

  test('of several manifests with one config are one, with the names of all, each once', () => {
    const [one, two, other] = [exportImage(image(), NAMES), exportImage(image(), [...NAMES, 'docker.io/x/y:z'])].concat(
      exportImage(image({ files: ['other'] })),
    )
    if (one === undefined || two === undefined || other === undefined) return expect.unreachable()
    const images = classicImages([one, other, { ...two, digest: other.digest }], OPTIONS)
    expect(images.map(({ names }) => names)).toEqual([[...NAMES, 'docker.io/x/y:z'], []])
  })

  test.each([
    [undefined, 0],
    [null, 0],
    ['1969-12-31T23:59:59Z', 0],
    ['1970-01-01T00:00:01.9Z', 1],
  ])('created at %s have the time %i', (created, mtime) => {
    expect(classicImages([exportImage(image({ config: { created } }))], OPTIONS)).toMatchObject([{ mtime }])
  })

  test('have the v1 layers of the era and the time zone', () => {
    const epoch = '1969-12-31T19:00:00-05:00'
    const made = exportImage(image())
    const json = (options: Parameters<typeof classicImages>[1]) =>
      classicImages([made], options)[0]?.layers.map(({ v1 }) => v1.json.toString())
    expect(json({ ...OPTIONS, epoch })?.[0]).toContain(epoch)
    expect(json(OPTIONS)?.[1]).toContain('0001-01-01')
    expect(json({ ...OPTIONS, era: 'docker-25' })?.[1]).toContain('"created":null')
  })

  test('have layers: what has none is refused, and it is said what takes it', () => {
    const empty = image({ files: [] })
    expect(() => classicImages([exportImage(empty, NAMES)], OPTIONS)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', where: 'app:v1', hint: expect.stringContaining('docker') }),
    )
    expect(() => classicImages([exportImage(empty)], OPTIONS)).toThrow(
      expect.objectContaining({ where: digestOf(empty.config) }),
    )
  })
})

describe('the file repositories', () => {
  test('has repositories and tags in the order of their bytes, digits too', () => {
    const images = [named('b/y:9', 'b/y:10', 'b/y:1a', 'b/y:v1'), named('10:2', '9:1', 'B.example/x:1')]
    expect(repositoriesOf(images, topOf)?.toString()).toBe(
      '{"10":{"2":"1"},"9":{"1":"1"},"B.example/x":{"1":"1"},"b/y":{"10":"0","1a":"0","9":"0","v1":"0"}}\n',
    )

    function topOf(one: ClassicImage): string {
      return `${images.indexOf(one)}`
    }
  })

  test('says the names as Docker shows them', () => {
    const images = [named('docker.io/library/app:v1', 'docker.io/team/app:v2', 'localhost:5000/x/y:z')]
    expect(repositoriesOf(images, () => 'top')?.toString()).toBe(
      '{"app":{"v1":"top"},"localhost:5000/x/y":{"z":"top"},"team/app":{"v2":"top"}}\n',
    )
  })

  test('gathers the tags of one repository from several images', () => {
    const images = [named('app:v2'), named('app:v1')]
    expect(repositoriesOf(images, (one) => one.names[0] ?? '')?.toString()).toBe(
      '{"app":{"v1":"app:v1","v2":"app:v2"}}\n',
    )
  })

  test('is not there if no image has a name', () => {
    expect(repositoriesOf([named(), named()], () => 'top')).toBeUndefined()
    expect(repositoriesOf([named(), named('app:v1')], () => 'top')).toBeDefined()
  })
})

test('names are familiar ones in manifest.json, and null if there are none', () => {
  expect(repoTagsOf(named(...NAMES))).toEqual(['app:v1', 'team/app:v2'])
  expect(repoTagsOf(named())).toBeNull()
})

describe('foreign layers', () => {
  const layers = [tar([{ name: 'a' }]), tar([{ name: 'b' }]), tar([{ name: 'c' }])]
  const [classic] = classicImages([exportImage(stacked(layers))], OPTIONS)
  const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
  const foreign: Descriptor = {
    urls: ['https://example.com/a'],
    size: 7,
    digest: digestOf(Buffer.from('x')),
    mediaType,
  }

  test('are listed by diffID, with the keys in Docker’s order', () => {
    const { urls: _, ...silent } = foreign
    const sources = foreignSources(withDescriptors(foreign, undefined, silent))
    const [one, , three] = layers.map((layer) => digestOf(layer))
    const text = `"mediaType":"${mediaType}","size":7,"digest":"${foreign.digest}"`
    const expected = [`"${one}":{${text},"urls":["https://example.com/a"]}`, `"${three}":{${text}}`].sort()
    expect(JSON.stringify(sources)).toBe(`{${expected.join(',')}}`)
  })

  test('are not listed where there are none', () => {
    expect(foreignSources(withDescriptors(undefined, undefined, undefined))).toBeUndefined()
  })

  function withDescriptors(...descriptors: (Descriptor | undefined)[]): ClassicImage {
    if (classic === undefined) return expect.unreachable()
    const own = classic.layers.map((layer, at) => ({ ...layer, descriptor: descriptors[at] ?? layer.descriptor }))
    return { ...classic, layers: own }
  }
})

test('a line is JSON as Go’s encoder writes it', () => {
  expect(line({ b: ['<'], a: null }).toString()).toBe('{"b":["\\u003c"],"a":null}\n')
})

test('sorting goes by the bytes of keys, and leaves what it is given', () => {
  const entries = [
    ['\u{1f433}', 1],
    ['\uff5e', 2],
    ['9', 3],
    ['10', 4],
  ] as const
  expect(sorted(entries).map(([, value]) => value)).toEqual([4, 3, 2, 1])
  expect(entries[0][1]).toBe(1)
})

function named(...names: string[]): ClassicImage {
  const id = digestOf(Buffer.from(names.join()))
  return { id, config: Buffer.alloc(0), names, roots: names, layers: [], mtime: 0 }
}
