import type { Looks } from '../bytes/sniff.js'
import { ImageError } from '../spec/errors.js'
import type { Archive } from './archive.js'
import { isRootFileSystem } from './rootFileSystem.js'
import { disguised, type Kind, textual } from './textual.js'

/** Returns the failure for content that is not a tar archive, compressed or not. */
export function notATar(looks: Looks, head: Uint8Array, where: string): ImageError {
  if (looks === 'empty') {
    const hint = 'the program that should have written it has probably failed: see its messages'
    return new ImageError('FORMAT', 'the archive is empty', {
      where,
      expected: 'a tar archive',
      found: '0 bytes',
      hint,
    })
  }
  const { what, hint } = kindOf(head) ?? disguised(head) ?? textual(head) ?? { what: 'something else' }
  const tip = hint === undefined ? {} : { hint }
  return new ImageError('FORMAT', 'not a tar archive', { where, expected: 'a tar header', found: what, ...tip })
}

/** Returns the failure for a tar archive without a table of contents. */
export function noImages(archive: Archive): ImageError {
  const paths = firstOf(archive.paths(), MOST_LOOKED_AT)
  const { what, hint } = treeOf(paths)
  return new ImageError('FORMAT', 'not an archive of images', {
    where: archive.name,
    expected: 'manifest.json, index.json or repositories',
    found: what,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Maximum number of paths used to recognise a tree. */
const MOST_LOOKED_AT = 10_000

function firstOf(paths: Iterable<string>, most: number): string[] {
  const first: string[] = []
  for (const path of paths) {
    if (first.length === most) break
    if (path !== '') first.push(path)
  }
  return first
}

const DECOMPRESS = 'decompress it first'
const CONVERT_LAYERS = 'it has no layers; no tool can make the original image from it'

/** Kinds by their magic bytes and the position of these. */
const KINDS: [at: number, magic: string, kind: Kind][] = [
  [0, 'version https://git-lfs', { what: 'a Git LFS pointer', hint: 'get the file itself: git lfs pull' }],
  [0, 'PK\x03\x04', { what: 'a zip archive', hint: 'unpack it; an archive of images may be in it' }],
  [0, 'hsqs', { what: 'a SquashFS file system', hint: CONVERT_LAYERS }],
  [32, 'SIF_MAGIC', { what: 'a Singularity image', hint: CONVERT_LAYERS }],
  [0, 'QFI\xfb', { what: 'a disk of a virtual machine', hint: CONVERT_LAYERS }],
  [0, '!<arch>\n', { what: 'a Debian package or static library' }],
  [0, '\xed\xab\xee\xdb', { what: 'an RPM package' }],
  [0, '07070', { what: 'a cpio archive' }],
  [0, '7z\xbc\xaf\x27\x1c', { what: 'a 7-Zip archive', hint: DECOMPRESS }],
  [0, 'Rar!', { what: 'a RAR archive', hint: DECOMPRESS }],
  [0, '\x04\x22\x4d\x18', { what: 'LZ4 data', hint: DECOMPRESS }],
  [0, 'LZIP', { what: 'lzip data', hint: DECOMPRESS }],
  [0, '\x5d\x00\x00', { what: 'LZMA data', hint: DECOMPRESS }],
  [0, '\x1f\x9d', { what: 'compress (.Z) data', hint: DECOMPRESS }],
  [0, '\x7fELF', { what: 'a program' }],
  [0, '#!', { what: 'a script' }],
  [0, '<', { what: 'HTML or XML', hint: 'a download may have given an error page instead of the file' }],
]

function kindOf(head: Uint8Array): Kind | undefined {
  const text = Buffer.from(head).toString('latin1').replace(BYTE_ORDER_MARK, '')
  return KINDS.find(([at, magic]) => text.startsWith(magic, at))?.[2]
}

/** The byte order mark of UTF-8. */
const BYTE_ORDER_MARK = /^\xef\xbb\xbf/

/** Kinds of trees by their typical files. */
const TREES: [isOne: (paths: readonly string[]) => boolean, kind: Kind][] = [
  [(paths) => paths.length === 0, { what: 'an empty tar' }],
  [
    (paths) => paths.some((path) => /^blobs\/sha(256|512)\//.test(path)),
    { what: 'blobs without index.json', hint: 'the layout is incomplete: copy it again' },
  ],
  [
    (paths) => paths.includes('config.json') && paths.some((path) => path.startsWith('rootfs')),
    { what: 'a runtime bundle', hint: 'an image was unpacked to it; convert the image itself' },
  ],
  [
    isRootFileSystem,
    {
      what: 'a root file system',
      hint: 'docker export writes these; docker save writes images; docker import makes an image from one',
    },
  ],
  [
    (paths) => paths.some((path) => /^[^/]+\/Chart\.yaml$/.test(path)),
    { what: 'a Helm chart', hint: 'helm push puts it into a registry' },
  ],
  [(paths) => paths.includes('package/package.json'), { what: 'an npm package' }],
  [(paths) => paths.includes('Dockerfile'), { what: 'a build context', hint: 'docker build makes an image from it' }],
  [
    (paths) => paths.some((path) => /\.(tar|tgz|tar\.(gz|xz|zst|bz2))$/.test(path)),
    { what: 'archives within an archive', hint: 'unpack it, and convert the archives in it' },
  ],
]

function treeOf(paths: readonly string[]): Kind {
  const kind = TREES.find(([isOne]) => isOne(paths))?.[1]
  const some = `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}`
  if (kind === undefined) return { what: some, hint: 'docker save and skopeo copy write archives of images' }
  return { ...kind, what: paths.length === 0 ? kind.what : `${kind.what}: ${some}` }
}
