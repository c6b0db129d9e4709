import type { ArchiveFormat } from '../../src/index.js'
import type { Family } from './engine.js'
import type { ExpectedImage } from './expected.js'

/** What an engine cannot do with an archive that is right; the tests hold it to that. */
export interface Limit {
  engine: Family | 'skopeo' | 'crane'
  /** The first version that can; all are meant if there is none yet. */
  until?: string
  why: string
  /** Whether an image has what the engine cannot take. */
  concerns(image: ExpectedImage, cell: { format: ArchiveFormat; images: readonly ExpectedImage[] }): boolean
  /** What it says when it refuses the archive; it leaves the image out without a word if there is nothing. */
  says?: RegExp
}

const isZstd = ({ layerTypes }: ExpectedImage) => layerTypes.some((type) => /zstd$/.test(type))
const isEntryOfMany = (images: readonly ExpectedImage[]) => images.length > 1 || (images[0]?.names.length ?? 0) > 1

/** Each was seen with archives of other tools too; the first that says something is what the engine says. */
const LIMITS: readonly Limit[] = [
  {
    engine: 'dockerd',
    until: '23.0.0',
    why: 'knows no zstd',
    concerns: (image, { format }) => format === 'docker' && isZstd(image),
    says: /unexpected EOF|invalid tar header/,
  },
  {
    engine: 'dockerd',
    why: 'reads no index',
    concerns: (_, { format }) => format === 'oci',
    says: /no such file or directory/,
  },
  {
    engine: 'podman',
    why: 'loads one image of an index only, and does not ask which',
    concerns: (_, { format, images }) => format === 'oci' && isEntryOfMany(images),
    says: /more than one image in oci/,
  },
  {
    engine: 'skopeo',
    why: 'has no word for an image of an index that has no name, unless it is alone there',
    concerns: ({ names }, { format, images }) => format === 'oci' && images.length > 1 && names.length === 0,
  },
  {
    engine: 'containerd',
    why: 'imports no image without a name',
    concerns: ({ names }) => names.length === 0,
  },
  {
    engine: 'crane',
    why: 'reads no index in an archive',
    concerns: (_, { format }) => format === 'oci',
    says: /manifest.json not found/,
  },
  {
    engine: 'crane',
    why: 'reads archives of one image only',
    concerns: (_, { images }) => images.length > 1,
    says: /must contain only a single image/,
  },
  {
    engine: 'crane',
    why: 'knows no zstd',
    concerns: (image, { format }) => format === 'docker' && isZstd(image),
    says: /gzip: invalid header/,
  },
]

/** The limits of an engine. */
export function limitsOf(engine: Limit['engine'], version: string): Limit[] {
  return LIMITS.filter(({ engine: of, until }) => of === engine && (until === undefined || isBefore(version, until)))
}

function isBefore(version: string, other: string): boolean {
  return version.localeCompare(other, undefined, { numeric: true }) < 0
}
