import { digestOf, hexOf } from '../../src/spec/digest.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { archiveOf, NAME, stacked } from '../fixtures/archives.js'
import { dockerArchive, dockerEntries, type Image, image } from '../fixtures/image.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'
import { SAID, v1Archive, v1ID } from '../fixtures/v1.js'
import {
  APP,
  appBeside,
  appItem,
  configName,
  LAYER,
  OTHER_LAYER,
  reads,
  readsAs,
  readsUntagged,
  TWO,
  table,
  type Variant,
} from './variant.js'

const OTHER = stacked([OTHER_LAYER], ['other:v2'])
const BOTH = readsAs([NAME, 'docker.io/library/other:v2'])

/** What the tables of contents say: of how many images, of how many layers, and that there is none. */
export const TABLES: readonly Variant[] = [
  {
    name: '01-docker20',
    what: 'all that Docker 20.10 writes: files of version 1, manifest.json and repositories',
    build: docker20,
    outcome: reads(),
  },
  {
    name: '02-minimal',
    what: 'layers, the config and manifest.json, and nothing else',
    build: () => dockerArchive(TWO),
    outcome: reads(),
  },
  {
    name: '03-minimal-manifest-first',
    what: 'the same with manifest.json before what it names',
    build: () => tar(dockerEntries([TWO]).reverse()),
    outcome: reads(),
  },
  {
    name: '06-v1only',
    what: 'an archive of Docker before 1.10: repositories and layers, and no manifest.json',
    build: () => v1Archive(V1_LAYERS, V1_TAGS),
    outcome: reads(),
  },
  {
    name: '07-v1only-norepos',
    what: 'the same without repositories, so that nothing has a name',
    build: () => v1Archive(V1_LAYERS),
    outcome: readsUntagged(),
  },
  {
    name: '74-v1only-dockerversion-old',
    what: 'an archive of a Docker before 1.8.3, whose json is put in order for the image ID',
    build: () => v1Archive(V1_LAYERS.map(saidByOld), V1_TAGS),
    outcome: reads(),
  },
  {
    name: '15-duplayer-samefile',
    what: 'an image that has a layer twice, in one file',
    build: () => archiveOf(stacked([LAYER, LAYER]), ['a.tar', 'a.tar'], [{ name: 'a.tar', content: LAYER }]),
    outcome: reads(),
  },
  {
    name: '30-two-images',
    what: 'two images',
    build: () => dockerArchive(APP, OTHER),
    outcome: BOTH,
  },
  {
    name: '44-zero-layers',
    what: 'an image without layers',
    build: () => dockerArchive(stacked([])),
    outcome: reads(),
  },
  {
    name: '45-layer-count-mismatch',
    what: 'manifest.json names one layer, the config two',
    build: () => archiveOf(TWO, ['a.tar'], [{ name: 'a.tar', content: LAYER }]),
    outcome: { refuses: /the count of layers differs: expected 2 as in the config, found 1/ },
  },
  {
    name: '46-no-rootfs',
    what: 'the config has no rootfs',
    build: () => archiveOf(NO_ROOTFS, ['a.tar'], [{ name: 'a.tar', content: LAYER }]),
    outcome: { refuses: /the image config has no rootfs/ },
  },
  {
    name: '47-windows',
    what: 'an image for Windows',
    build: () => dockerArchive(image({ config: { os: 'windows', 'os.version': '10.0.17763.1' } })),
    outcome: reads(),
  },
  {
    name: '48-arm64',
    what: 'an image for arm64',
    build: () => dockerArchive(image({ config: { architecture: 'arm64', variant: 'v8' } })),
    outcome: reads(),
  },
  {
    name: '62-empty-manifest-array',
    what: 'manifest.json is an empty list',
    build: () => appBeside('[]'),
    outcome: { refuses: /there is no image in the archive/ },
  },
  {
    name: '63-null-manifest',
    what: 'manifest.json is null',
    build: () => appBeside('null'),
    outcome: { refuses: /there is no image/ },
  },
  {
    name: '68-parent-link',
    what: 'two images of which manifest.json calls one the Parent of the other, which by its config it is not',
    build: parentArchive,
    outcome: BOTH,
  },
  {
    name: '71-same-tag-twice',
    what: 'one tag on two different images',
    build: () => dockerArchive(APP, stacked([OTHER_LAYER])),
    outcome: { refuses: /app:v1: one name for two different images/ },
  },
  {
    name: 'b22-layers-dup-in-list-nodiff',
    what: 'manifest.json names one file for two layers that differ by the config',
    build: () => archiveOf(TWO, ['a.tar', 'a.tar'], [{ name: 'a.tar', content: LAYER }]),
    outcome: { refuses: /diffID of layer [01] differs/ },
  },
  {
    name: 'b35-null-layers',
    what: 'an image without layers, of which manifest.json says null',
    build: () => archiveWithoutLayers(),
    outcome: reads(),
  },
  {
    name: 'b36-manifest-object-not-array',
    what: 'manifest.json is one item instead of a list',
    build: () => appBeside(JSON.stringify(appItem())),
    outcome: { refuses: /not a docker manifest\.json/ },
  },
]

const V1_LAYERS = [{ digit: 'a' }, { digit: 'b', parent: 'a' }]
const V1_TAGS = { app: { v1: v1ID('b') } }

function saidByOld<T>(layer: T): T & { says: string } {
  return { ...layer, says: SAID.replace('1.9.1', '1.7.0') }
}

const NO_ROOTFS = { tags: APP.tags, config: canonicalJSON({ architecture: 'amd64', os: 'linux', config: {} }) }

function docker20(): Buffer {
  const id = v1ID('a')
  const layer: EntrySpec[] = [
    { name: `${id}/`, type: '5' },
    { name: `${id}/VERSION`, content: '1.0' },
    { name: `${id}/json`, content: JSON.stringify({ id, created: '1970-01-01T00:00:00Z', os: 'linux' }) },
    { name: `${id}/layer.tar`, content: LAYER },
  ]
  const config = { name: configName(APP), content: APP.config }
  const manifest = table({ ...appItem(), Layers: [`${id}/layer.tar`] })
  return tar([...layer, config, manifest, { name: 'repositories', content: JSON.stringify({ app: { v1: id } }) }])
}

/** Docker looks for the history of the parent in that of its child, and for one step more. */
function parentArchive(): Buffer {
  const config = { history: [{ created_by: 'one' }] }
  const [parent, child] = [image({ tags: ['other:v2'], files: ['two'], config }), image({ files: ['one'], config })]
  const items = [parent, child].map((one) => ({ Config: configName(one), RepoTags: one.tags, Layers: paths(one) }))
  const manifest = table(items[0], { ...items[1], Parent: digestOf(parent.config) })
  return tar([...dockerEntries([parent, child]).slice(0, -1), manifest])
}

/** Where {@link dockerEntries} has the layers. */
function paths({ layers }: Image): string[] {
  return layers.map((layer) => `${hexOf(digestOf(layer))}/layer.tar`)
}

function archiveWithoutLayers(): Buffer {
  const { tags, config } = stacked([])
  const Config = configName({ config })
  return tar([{ name: Config, content: config }, table({ Config, RepoTags: tags, Layers: null })])
}
