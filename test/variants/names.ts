import { archiveOf, stacked } from '../fixtures/archives.js'
import { dockerArchive, dockerEntries } from '../fixtures/image.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'
import {
  APP,
  appItem,
  configName,
  LAYER,
  type Outcome,
  reads,
  readsAs,
  readsUntagged,
  table,
  type Variant,
} from './variant.js'

/** Names of images. */
const TAGS: readonly Variant[] = [
  tagged('04-repotags-null', 'RepoTags is null', { tags: null, outcome: readsUntagged() }),
  tagged('05-repotags-empty', 'RepoTags is an empty list', { tags: [], outcome: readsUntagged() }),
  tagged('39-tag-missing', 'a name without a tag, which becomes latest', {
    tags: ['lab/app'],
    outcome: readsAs(['docker.io/lab/app:latest']),
  }),
  tagged('40-tag-upper', 'a name with capitals, which no image can have; it goes without', {
    tags: ['Lab/App:v1'],
    outcome: readsUntagged('ILLEGAL_NAME'),
  }),
  tagged('41-tag-digest', 'a name with a digest, which names content and no image; it goes without', {
    tags: [`lab/app@sha256:${'0'.repeat(64)}`],
    outcome: readsUntagged('ILLEGAL_NAME'),
  }),
  tagged('42-tag-full', 'a name with its registry', {
    tags: ['registry.example.com:5000/team/app:v1'],
    outcome: readsAs(['registry.example.com:5000/team/app:v1']),
  }),
  tagged('43-tag-localhost', 'a name of the registry localhost, as podman gives it', {
    tags: ['localhost/app:v1'],
    outcome: readsAs(['localhost/app:v1']),
  }),
  tagged('b37-empty-string-tag', 'a name of no letters; the image goes without', {
    tags: [''],
    outcome: readsUntagged('ILLEGAL_NAME'),
  }),
]

/** Names of files, in the tar and in manifest.json. */
const PATHS: readonly Variant[] = [
  {
    name: '25-dot-slash-names',
    what: 'every entry of the tar starts with ./, and manifest.json names the files without',
    build: () => tar([{ name: './', type: '5' }, ...dockerEntries([APP]).map((entry) => prefixed('./', entry))]),
    outcome: reads(),
  },
  {
    name: '53-config-odd-name',
    what: 'the config is not named after its hash',
    build: () => pathsOf({ Config: 'the config', config: 'the config', layer: 'a.tar' }),
    outcome: reads(),
  },
  {
    name: '54-abs-paths',
    what: 'config and layer have absolute paths, in the tar and in manifest.json',
    build: () => {
      const [Config, layer] = [`/${configName(APP)}`, '/layers/a.tar']
      return pathsOf({ Config, config: Config, Layers: [layer], layer })
    },
    outcome: reads(),
  },
  {
    name: 'b06-unclean-paths',
    what: 'manifest.json names the config with ./ and the layer with an empty part, the tar without',
    build: () =>
      pathsOf({ Config: './config.json', config: 'config.json', Layers: ['layers//a.tar'], layer: 'layers/a.tar' }),
    outcome: reads(),
  },
  {
    name: 'b07-parent-paths',
    what: 'manifest.json names a layer by way of .. and stays within the archive',
    build: () => pathsOf({ Layers: ['d/../d/a.tar'], layer: 'd/a.tar' }),
    outcome: reads(),
  },
]

/** What images and files are called. */
export const NAMES: readonly Variant[] = [...TAGS, ...PATHS]

function tagged(name: string, what: string, { tags, outcome }: { tags: string[] | null; outcome: Outcome }): Variant {
  return { name, what, build: () => dockerArchive(stacked([LAYER], tags)), outcome }
}

function prefixed(prefix: string, entry: EntrySpec): EntrySpec {
  return { ...entry, name: `${prefix}${entry.name}` }
}

interface Paths {
  /** As the tar has them. */
  config?: string
  layer: string
  /** As manifest.json has them. */
  Config?: string
  Layers?: string[]
}

function pathsOf({ config, layer, Config = config, Layers = [layer] }: Paths): Buffer {
  const file = { name: layer, content: LAYER }
  if (config === undefined) return archiveOf(APP, Layers, [file])
  return tar([file, { name: config, content: APP.config }, table({ ...appItem(), Config, Layers })])
}
