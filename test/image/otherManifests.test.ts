import { expect, test } from 'vitest'
import { isOther, OtherManifests } from '../../src/image/otherManifests.js'
import { Budget } from '../../src/spec/budget.js'
import { digestOf } from '../../src/spec/digest.js'
import { ImageError } from '../../src/spec/errors.js'
import { OCI_CONFIG, OCI_MANIFEST, ociLayerType } from '../../src/spec/mediaTypes.js'
import type { Manifest } from '../../src/spec/parse.js'
import type { Node } from '../../src/store/nodes.js'

const descriptorOf = (text: string, mediaType: string) => {
  return { mediaType, digest: digestOf(Buffer.from(text)), size: text.length }
}
const manifestOf = (config: string, layer: string): Manifest => {
  return { schemaVersion: 2, config: descriptorOf('{}', config), layers: [descriptorOf('layer', layer)] }
}
const ARTIFACT = manifestOf('application/vnd.example.config', 'text/plain')
const pathOf = ({ digest }: { digest: string }) => `blobs/${digest.replace(':', '/')}`
const ITEM = {
  label: pathOf(ARTIFACT.config),
  layers: ARTIFACT.layers.map(pathOf),
  failure: new ImageError('FORMAT', 'no'),
}

/** An index of `count` manifests of the same files, with as many names. */
function many(count: number) {
  const nodes = Array.from({ length: count }, (_, at) => {
    return { kind: 'manifest', descriptor: descriptorOf(`${at}`, OCI_MANIFEST), document: ARTIFACT }
  }) as unknown as Node[]
  const named = (at: number) => ({ 'io.containerd.image.name': `docker.io/library/app:${at}` })
  const entries = nodes.map(({ descriptor }, at) => ({ ...descriptor, annotations: named(at) }))
  return new Map([[nodes, [{ kind: 'index' as const, entries, nodes, unchecked: [] }]]])
}

test.each([
  [true, ARTIFACT],
  [true, manifestOf(OCI_CONFIG, 'application/wasm')],
  [false, manifestOf(OCI_CONFIG, ociLayerType('gzip'))],
])('artifacts and WebAssembly are something else than images: %s', (isElse, manifest) => {
  expect(isOther(manifest)).toBe(isElse)
})

test('an item of the same files has the names that the index lacks', () => {
  const others = new OtherManifests(many(2), new Budget())
  const names = ['docker.io/library/app:1', 'docker.io/library/app:9']
  expect(others.namesBeside({ ...ITEM, names })).toEqual(['docker.io/library/app:9'])
  expect(others.namesBeside({ ...ITEM, names, layers: [] })).toBeUndefined()
  expect(others.namesBeside({ ...ITEM, names, layers: ['layer.tar'] })).toBeUndefined()
})

test('many manifests with many names take steps, so that little input stays little work', () => {
  const others = new OtherManifests(many(3000), new Budget())
  const names = Array.from({ length: 1000 }, (_, at) => `docker.io/library/other:${at}`)
  expect(() => others.namesBeside({ ...ITEM, names })).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
})
