import { describe, expect, test } from 'vitest'
import { inspect } from '../../../src/commands/inspect.js'
import { digestOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST, ociLayerType } from '../../../src/spec/mediaTypes.js'
import { familiarName } from '../../../src/spec/reference.js'
import { NAME, newLayout } from '../../fixtures/archives.js'
import { temporaryFile } from '../../fixtures/directory.js'
import { exported, jsonIn } from '../../fixtures/exporting.js'
import {
  addBlob,
  addImage,
  addIndex,
  image,
  type Layout,
  layoutEntries,
  nameAnnotations,
} from '../../fixtures/image.js'
import { converted, DOORS } from '../../fixtures/layout.js'
import { type EntrySpec, tar } from '../../fixtures/tar.js'

const pathOf = (digest: string) => `blobs/${digest.replace(':', '/')}`

/** What Docker and containerd write for each manifest of an index, whatever it is of. */
function tableOf(layout: Layout, names: readonly string[] = []): EntrySpec {
  const items = layout.manifests.map(({ digest, annotations }, at) => {
    const { config, layers } = JSON.parse(layout.blobs.get(digest)?.toString() ?? '{}')
    const name = familiarName(names[at] ?? annotations?.['io.containerd.image.name'] ?? '')
    return { Config: pathOf(config.digest), RepoTags: [name], Layers: layers.map((one: Typed) => pathOf(one.digest)) }
  })
  return { name: 'manifest.json', content: JSON.stringify(items) }
}

interface Typed {
  digest: string
}

interface Parts {
  config: string
  configType: string
  layer: Buffer
  layerType: string
}

/** A layout of something, and of an image after it. */
function layoutOf({ config, configType, layer, layerType }: Parts): Layout {
  const layout = newLayout()
  const document = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: addBlob(layout, Buffer.from(config), configType),
    layers: [addBlob(layout, layer, layerType)],
  }
  const entry = addBlob(layout, canonicalJSON(document), OCI_MANIFEST)
  layout.manifests.push({ ...entry, annotations: nameAnnotations('docker.io/library/other:o1') })
  layout.manifests.push({ ...addImage(layout, image()), annotations: nameAnnotations(NAME) })
  return layout
}

const WASM = { layer: Buffer.from('\0asm'), layerType: 'application/wasm' }

const OTHERS: Record<string, Parts> = {
  'a WebAssembly artifact': { ...WASM, config: '{"os":"wasip1"}', configType: 'application/vnd.wasm.config.v0+json' },
  'a WebAssembly image whose config names no layers': {
    ...WASM,
    config: '{"os":"wasi","architecture":"wasm","rootfs":{"type":"layers","diff_ids":[]}}',
    configType: OCI_CONFIG,
  },
  'a chart': {
    config: '{"name":"chart","version":1}',
    configType: 'application/vnd.cncf.helm.config.v1+json',
    layer: Buffer.from('chart'),
    layerType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  },
  'a file whose config is no JSON object': {
    config: '[]',
    configType: 'application/vnd.example.config',
    layer: Buffer.from('file'),
    layerType: 'application/vnd.example.file',
  },
}

describe.each(Object.entries(OTHERS))('%s that manifest.json lists as an image', (_, parts) => {
  const layout = layoutOf(parts)
  const archive = tar([...layoutEntries(layout), tableOf(layout)])

  test.each(Object.entries(DOORS))('is carried as index.json has it: %s', async (__, open) => {
    const { index, warnings } = await converted((await open(archive)) as string)
    expect(index.manifests).toEqual(layout.manifests)
    expect(warnings).toEqual([])
  })

  test('is shown without a problem', async () => {
    const { images } = await inspect(await temporaryFile(archive), { full: true })
    expect(images.map(({ names, problem }) => [names, problem])).toEqual([
      [['other:o1'], null],
      [['app:v1'], null],
    ])
  })

  test('has the names that only manifest.json has if it is an image, and tells of them otherwise', async () => {
    const renamed = tar([...layoutEntries(layout), tableOf(layout, ['more:v2'])])
    const { index, warnings } = await converted(renamed)
    expect(index.manifests).toHaveLength(parts.configType === OCI_CONFIG ? 3 : 2)
    expect(warnings).toMatchObject([{ code: 'MANIFEST_ONLY', where: 'docker.io/library/more:v2' }])
  })
})

describe('a name that manifest.json gives to an artifact', () => {
  const ARTIFACT = OTHERS['a WebAssembly artifact'] as Parts

  test('does not become that of an image of the same name, which keeps it', async () => {
    const layout = layoutOf(ARTIFACT)
    layout.manifests = layout.manifests.map(({ annotations, ...entry }, at) =>
      at === 0 ? entry : { ...entry, annotations },
    )
    const archive = tar([...layoutEntries(layout), tableOf(layout, ['app:v1', 'app:v1'])])
    const { index, warnings } = await converted(archive)
    expect(index.manifests).toEqual(layout.manifests)
    expect(warnings).toMatchObject([{ code: 'MANIFEST_ONLY', where: NAME }])
  })

  test('does not become that of the index that lists it beside images', async () => {
    const layout = layoutOf(ARTIFACT)
    const table = tableOf(layout, ['sbom:v1', 'app:v1'])
    const { annotations, ...root } = addIndex(layout, layout.manifests)
    layout.manifests = [{ ...root, annotations: nameAnnotations(NAME) }]
    const { index, warnings } = await converted(tar([...layoutEntries(layout), table]))
    expect(annotations).toBeUndefined()
    expect(index.manifests).toEqual(layout.manifests)
    expect(warnings).toMatchObject([{ code: 'MANIFEST_ONLY', where: 'docker.io/library/sbom:v1' }])
  })
})

test('a thousand artifacts of one config are little work', async () => {
  const layout = layoutOf(OTHERS['a chart'] as Parts)
  const config = addBlob(layout, Buffer.from('[]'), 'application/vnd.example.config')
  for (let at = 0; at < 1000; at++) {
    const layers = [addBlob(layout, Buffer.from(`file ${at}`), 'text/plain')]
    layout.manifests.push(
      addBlob(layout, canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }), OCI_MANIFEST),
    )
  }
  const table = JSON.parse(tableOf(layout).content as string)
  for (const item of table) if (item.RepoTags[0] === '') item.RepoTags = null
  const archive = tar([...layoutEntries(layout), { name: 'manifest.json', content: JSON.stringify(table) }])
  expect((await converted(archive)).index.manifests).toHaveLength(1002)
})

test('a layer of manifest.json that the WebAssembly image of the index lacks is refused', async () => {
  const layer = image().layers[0] ?? Buffer.alloc(0)
  const rootfs = { type: 'layers', diff_ids: [digestOf(WASM.layer), digestOf(layer)] }
  const layout = layoutOf({
    ...WASM,
    config: JSON.stringify({ os: 'wasi', architecture: 'wasm', rootfs }),
    configType: OCI_CONFIG,
  })
  const table = JSON.parse(tableOf(layout).content as string)
  table[0].Layers.push('x/layer.tar')
  const more = [
    { name: 'manifest.json', content: JSON.stringify(table) },
    { name: 'x/layer.tar', content: layer },
  ]
  const archive = tar([...layoutEntries(layout), ...more])
  await expect(converted(archive)).rejects.toMatchObject({ code: 'INTEGRITY', expected: '1 layer', found: '2 layers' })
  await expect(exported(archive)).rejects.toMatchObject({ code: 'INTEGRITY' })
})

test('a tar among WebAssembly has the diffID that its config states', async () => {
  const layer = image().layers[0] ?? Buffer.alloc(0)
  const layout = newLayout()
  const rootfs = { type: 'layers', diff_ids: [digestOf(WASM.layer), digestOf(Buffer.from('another'))] }
  const document = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: addBlob(layout, canonicalJSON({ os: 'wasi', architecture: 'wasm', rootfs }), OCI_CONFIG),
    layers: [addBlob(layout, WASM.layer, WASM.layerType), addBlob(layout, layer, ociLayerType('none'))],
  }
  layout.manifests.push(addBlob(layout, canonicalJSON(document), OCI_MANIFEST))
  await expect(converted(tar(layoutEntries(layout)))).rejects.toMatchObject({ code: 'INTEGRITY' })
})

test('an artifact is left out of a docker archive, and the image beside it stays', async () => {
  const layout = layoutOf(OTHERS['a chart'] as Parts)
  const result = await exported(tar([...layoutEntries(layout), tableOf(layout)]))
  expect(jsonIn(result, 'manifest.json')).toMatchObject([{ RepoTags: ['app:v1'] }])
  expect(result.warnings).toMatchObject([{ code: 'NO_IMAGE', where: 'other:o1' }])
})

test('a WebAssembly image whose config names no layers stays in a docker archive', async () => {
  const layout = layoutOf(OTHERS['a WebAssembly image whose config names no layers'] as Parts)
  const table = tableOf(layout)
  const result = await exported(tar([...layoutEntries(layout), table]))
  expect(jsonIn(result, 'manifest.json')).toEqual(JSON.parse(table.content as string))
  expect(result.warnings).toEqual([])
  expect((await exported(result.bytes)).bytes.equals(result.bytes)).toBe(true)
})

describe('what manifest.json lists and is no image is left out, which is told', () => {
  const tarred = { layer: image().layers[0] ?? Buffer.alloc(0), layerType: ociLayerType('none') }

  test('if its config names no layers', async () => {
    const layout = layoutOf({ ...tarred, config: '{"os":"linux"}', configType: OCI_CONFIG })
    const { index, warnings } = await converted(tar([...layoutEntries(layout), tableOf(layout)]))
    expect(index.manifests).toEqual(layout.manifests)
    expect(warnings.map(({ code }) => code)).toContain('NO_IMAGE')
  })

  test('if it has other files than the artifact of that config', async () => {
    const layout = layoutOf(OTHERS['a WebAssembly artifact'] as Parts)
    const table = JSON.parse(tableOf(layout).content as string)
    table[0].Layers = table[1].Layers
    const archive = tar([...layoutEntries(layout), { name: 'manifest.json', content: JSON.stringify(table) }])
    const { index, warnings } = await converted(archive)
    expect(index.manifests).toEqual(layout.manifests)
    expect(warnings.map(({ code }) => code)).toContain('NO_IMAGE')
  })
})
