import { single } from '../../src/bytes/bytes.js'
import { zstd } from '../../src/compression/zstd.js'
import { digestOf } from '../../src/spec/digest.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST, ociLayerType } from '../../src/spec/mediaTypes.js'
import { addPlatforms, NAME, newLayout, stacked, withLayers } from '../fixtures/archives.js'
import { collect } from '../fixtures/bytes.js'
import { addImage, layoutEntries } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'
import {
  add,
  DOCKER_TYPES,
  hybrid,
  hybridEntries,
  layoutOf,
  layoutOfTypes,
  layoutWith,
  nested,
  packed,
  replaced,
  without,
} from './layouts.js'
import { APP, LAYER, OTHER_LAYER, reads, readsAs, readsUntagged, TWO, type Variant } from './variant.js'

/** An OCI layout in a tar, without manifest.json. */
const LAYOUTS: readonly Variant[] = [
  {
    name: '08-oci-gz',
    what: 'an OCI layout with gzip layers',
    build: () => packed(layoutOf(TWO)),
    outcome: reads(),
  },
  {
    name: '09-oci-plain',
    what: 'an OCI layout with layers that are not compressed',
    build: () => packed(layoutOf(TWO, 'none')),
    outcome: reads(),
  },
  {
    name: '14-oci-nested-index',
    what: 'an OCI layout whose index lists an index that lists the image',
    build: () => packed(nested().layout),
    outcome: reads(),
  },
  {
    name: '56-oci-noname',
    what: 'an OCI layout that gives the image no name',
    build: () => packed(layoutWith({})),
    outcome: readsUntagged(),
  },
  {
    name: '57-oci-refonly-tag',
    what: 'an OCI layout that gives the image a tag and no name; the name is that of the destination',
    build: () => packed(layoutWith({ [REF]: 'v1' })),
    outcome: readsAs(['docker.io/library/layout:v1']),
  },
  {
    name: '58-oci-refonly-full',
    what: 'an OCI layout that has the whole name where others have the tag',
    build: () => packed(layoutWith({ [REF]: NAME })),
    outcome: reads(),
  },
  {
    name: '60-oci-no-layoutfile',
    what: 'an OCI layout without the file oci-layout',
    build: () => tar(without(layoutEntries(layoutOf(TWO)), 'oci-layout')),
    outcome: reads('LAYOUT_FILE'),
  },
  {
    name: '61-oci-gzip-as-tar-type',
    what: 'an OCI layout with a gzip layer whose media type says that it is not compressed',
    build: () => packed(layoutOfTypes({ manifest: OCI_MANIFEST, config: OCI_CONFIG, layer: ociLayerType('none') })),
    outcome: reads('MEDIA_TYPE'),
  },
  {
    name: '66-extra-dir-hybrid-nomanifest',
    what: 'blobs, index.json and a directory of something else, without manifest.json and oci-layout',
    build: () => {
      const entries = without(layoutEntries(layoutOf(TWO)), 'oci-layout')
      return tar([...entries, { name: 'extra/', type: '5' }, { name: 'extra/file', content: 'extra' }])
    },
    outcome: reads('LAYOUT_FILE'),
  },
  {
    name: '70-docker-mt-in-oci',
    what: "an OCI layout whose manifest is Docker's",
    build: () => packed(layoutOfTypes(DOCKER_TYPES)),
    outcome: reads(),
  },
  {
    name: '73-oci-two-images',
    what: 'an OCI layout with two images',
    build: () => {
      const layout = layoutOf(APP)
      return packed(add(layout, addImage(layout, OTHER), 'docker.io/library/other:v2'))
    },
    outcome: readsAs([NAME, 'docker.io/library/other:v2']),
  },
  {
    name: 'b26-index-mediatype-missing',
    what: 'an OCI layout whose index.json has no media type, which it need not have',
    build: () => {
      const layout = layoutOf(TWO)
      const bare = canonicalJSON({ schemaVersion: 2, manifests: layout.manifests })
      return tar(replaced(layoutEntries(layout), 'index.json', bare))
    },
    outcome: reads(),
  },
  {
    name: 'b27-oci-index-two-tags-same',
    what: 'an OCI layout with one image under two names',
    build: () => {
      const layout = layoutOf(APP)
      return packed(add(layout, addImage(layout, APP), 'docker.io/library/app:v2'))
    },
    outcome: { reads: { images: 1, names: [NAME, 'docker.io/library/app:v2'], warnings: [] } },
  },
  {
    name: 'b38-attestation',
    what: 'an OCI layout whose image is an index of platforms and an attestation',
    build: () => {
      const layout = newLayout()
      return packed(add(layout, addPlatforms(layout).root))
    },
    outcome: reads(),
  },
]

/** An OCI layout in a tar that has manifest.json, too. */
const HYBRIDS: readonly Variant[] = [
  {
    name: '10-hybrid-plain',
    what: 'what Docker 25 to 28 writes: an OCI layout and manifest.json of the same files',
    build: () => hybrid(layoutOf(TWO, 'none')),
    outcome: reads(),
  },
  {
    name: '11-hybrid-gz',
    what: "the same with gzip layers, as Docker's containerd store writes it",
    build: () => hybrid(layoutOf(TWO)),
    outcome: reads(),
  },
  {
    name: '12-hybrid-zstd',
    what: 'the same with a zstd layer',
    build: async () => hybrid(withLayers(APP, [await collect(zstd(single(LAYER), { jobs: 2 }))])),
    outcome: reads(),
  },
  {
    name: '13-hybrid-nested-index',
    what: 'the same where the index lists an index that lists the image',
    build: () => {
      const { layout, manifest } = nested()
      return hybrid(layout, manifest)
    },
    outcome: reads(),
  },
  {
    name: '59-oci-layout-bad-version',
    what: 'a version of the layout that does not exist, beside a manifest.json',
    build: () => tar(replaced(hybridEntries(layoutOf(TWO, 'none')), 'oci-layout', '{"imageLayoutVersion":"2.0.0"}')),
    outcome: reads('LAYOUT_FILE'),
  },
  {
    name: '67-missing-blob-hybrid',
    what: 'a layer is missing that both index.json and manifest.json name',
    build: () => tar(without(hybridEntries(layoutOf(TWO, 'none')), `blobs/${digestOf(OTHER_LAYER).replace(':', '/')}`)),
    outcome: { refuses: /a (blob|layer) is not in the (source|archive)/ },
  },
  {
    name: '69-nodirs-hybrid',
    what: 'what Docker 25 to 28 writes, without entries for directories',
    build: () => tar(hybridEntries(layoutOf(TWO, 'none')).filter(({ type }) => type !== '5')),
    outcome: reads(),
  },
]

/** OCI layouts in a tar. */
export const OCI: readonly Variant[] = [...LAYOUTS, ...HYBRIDS]

const REF = 'org.opencontainers.image.ref.name'
const OTHER = stacked([OTHER_LAYER])
