// Makes an image of many small files, to be unpacked.
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { member } from './scale.js'

/** Files of one directory. */
const EACH = 50

/** Path of a layout with an image `bench` of one uncompressed layer of so many files; made once. */
export function filesLayout(count, cache) {
  const layout = join(cache, `files-${count}.oci`)
  if (existsSync(layout)) return layout
  makeLayout(`${layout}.making`, count)
  renameSync(`${layout}.making`, layout)
  return layout
}

function writeLayer(path, count) {
  const file = openSync(path, 'w')
  for (let n = 0; n < count; n++) {
    const directory = `usr/lib/modules/package-${Math.floor(n / EACH)}/`
    if (n % EACH === 0) writeSync(file, member(directory, Buffer.alloc(0)))
    writeSync(file, member(`${directory}file-${n}.js`, Buffer.from(`export const n = ${n}\n`.repeat(1 + (n % 150)))))
  }
  writeSync(file, Buffer.alloc(1024))
  closeSync(file)
}

function makeLayout(path, count) {
  rmSync(path, { recursive: true, force: true })
  mkdirSync(join(path, 'blobs/sha256'), { recursive: true })
  const tar = join(path, 'layer.tar')
  writeLayer(tar, count)
  const put = (type, bytes) => {
    const digest = createHash('sha256').update(bytes).digest('hex')
    writeFileSync(join(path, 'blobs/sha256', digest), bytes)
    return { mediaType: `application/vnd.oci.image.${type}`, digest: `sha256:${digest}`, size: bytes.length }
  }
  const layer = put('layer.v1.tar', readFileSync(tar))
  rmSync(tar)
  const rootfs = { type: 'layers', diff_ids: [layer.digest] }
  const config = put(
    'config.v1+json',
    Buffer.from(JSON.stringify({ architecture: arch(), os: 'linux', config: {}, rootfs })),
  )
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers: [layer],
  }
  const entry = put('manifest.v1+json', Buffer.from(JSON.stringify(manifest)))
  const annotations = { 'org.opencontainers.image.ref.name': 'bench' }
  writeFileSync(join(path, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ ...entry, annotations }] }))
  writeFileSync(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
}

/** This machine's processors, as images name them. */
function arch() {
  return process.arch === 'x64' ? 'amd64' : process.arch
}
