import { gzipSync } from 'node:zlib'
import { single } from '../../src/bytes/bytes.js'
import { zstd } from '../../src/compression/zstd.js'
import { archiveOf, stacked } from '../fixtures/archives.js'
import { collect, content } from '../fixtures/bytes.js'
import { dockerArchive } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'
import { BZIP2_ARCHIVE, BZIP2_LAYER, XZ_ARCHIVE, XZ_LAYER } from './compressed.js'
import { APP, LAYER, type Outcome, reads, type Variant } from './variant.js'

/** Archives that are compressed as a whole. */
const WHOLE: readonly Variant[] = [
  whole('21-outer-gz', 'the whole archive is gzip data', { build: () => gzipSync(ARCHIVE) }),
  whole('22-outer-xz', 'the whole archive is xz data', { build: () => XZ_ARCHIVE }),
  whole('23-outer-bz2', 'the whole archive is bzip2 data', { build: () => BZIP2_ARCHIVE }),
  whole('24-outer-zstd', 'the whole archive is zstd data', { build: () => zstdOf(ARCHIVE) }),
  whole('b30-gz-normal-mtime', 'the whole archive is gzip data that says when it was made', {
    build: () => {
      const bytes = gzipSync(ARCHIVE)
      bytes.writeUInt32LE(1_700_000_000, 4)
      return bytes
    },
  }),
  whole('b31-gz-multimember', 'the whole archive is gzip data of two members', { build: () => twoMembers(ARCHIVE) }),
  whole('b32-gz-big', 'the whole archive is gzip data that becomes more than a megabyte', {
    build: () => gzipSync(dockerArchive(stacked([tar([{ name: 'big', content: content(1 << 20) }])]))),
  }),
  whole('b33-gz-trailing-junk', 'the whole archive is gzip data that something else follows', {
    build: () => Buffer.concat([gzipSync(ARCHIVE), Buffer.from('junk')]),
    outcome: reads('AFTER_END'),
  }),
]

/** Archives of compressed layers. */
const LAYERS: readonly Variant[] = [
  layered('49-gz-layers', 'the layer is gzip data', { layer: () => gzipSync(LAYER) }),
  layered('50-zstd-layers', 'the layer is zstd data', { layer: () => zstdOf(LAYER) }),
  layered('51-xz-layers', 'the layer is xz data, for which OCI has no media type; it becomes gzip', {
    layer: () => XZ_LAYER,
    outcome: reads('LAYER_COMPRESSION'),
  }),
  layered('52-bz2-layers', 'the layer is bzip2 data, for which OCI has no media type; it becomes gzip', {
    layer: () => BZIP2_LAYER,
    outcome: reads('LAYER_COMPRESSION'),
  }),
  layered('b34-gz-layer-multimember', 'the layer is gzip data of two members', { layer: () => twoMembers(LAYER) }),
]

/** What is compressed, and how. */
export const COMPRESSIONS: readonly Variant[] = [...WHOLE, ...LAYERS]

const ARCHIVE = dockerArchive(APP)

function whole(
  name: string,
  what: string,
  { build, outcome = reads() }: Pick<Variant, 'build'> & { outcome?: Outcome },
): Variant {
  return { name, what, build, outcome, isInTar: true }
}

function layered(
  name: string,
  what: string,
  { layer, outcome = reads() }: { layer: Variant['build']; outcome?: Outcome },
): Variant {
  const build = async () => archiveOf(APP, ['a.tar'], [{ name: 'a.tar', content: await layer() }])
  return { name, what, build, outcome }
}

function zstdOf(bytes: Buffer): Promise<Buffer> {
  return collect(zstd(single(bytes), { jobs: 2 }))
}

function twoMembers(bytes: Buffer): Buffer {
  const half = bytes.length >> 1
  return Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(bytes.subarray(half))])
}
