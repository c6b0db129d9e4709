// Makes archives that are large in number, not in bytes.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What there is much of, and how an archive of so many is made. */
const KINDS = {
  /** Files that no image names, beside one image. */
  entries: (count) => {
    const base = layer('base')
    return archive([image('one', [base])], [base, ...times(count, (n) => [`notes/${n}`, Buffer.from(`${n}\n`)])])
  },
  /** Images of one base, each with a layer of its own. */
  images: (count) => {
    const base = layer('base')
    const own = times(count, (n) => layer(`own-${n}`))
    return archive(
      own.map((top, n) => image(`app:${n}`, [base, top])),
      [base, ...own],
    )
  },
  /** Layers of one image. */
  layers: (count) => {
    const all = times(count, (n) => layer(`layer-${n}`))
    return archive([image('app:v1', all)], all)
  },
}

/** Path of an archive with `count` of a kind; made once. */
export function scaleArchive(kind, count, cache) {
  const path = join(cache, `${kind}-${count}.tar`)
  if (existsSync(path)) return path
  const file = openSync(`${path}.tmp`, 'w')
  for (const [name, bytes] of KINDS[kind](count)) writeSync(file, member(name, bytes))
  writeSync(file, Buffer.alloc(1024))
  closeSync(file)
  renameSync(`${path}.tmp`, path)
  return path
}

function archive(images, members) {
  const items = images.map(({ name, config, layers }) => ({ Config: config[0], RepoTags: [name], Layers: layers }))
  return [...members, ...images.map(({ config }) => config), ['manifest.json', Buffer.from(JSON.stringify(items))]]
}

function image(name, layers) {
  const diffIDs = layers.map(([, bytes]) => `sha256:${sha256(bytes)}`)
  const rootfs = { type: 'layers', diff_ids: diffIDs }
  const bytes = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', author: name, config: {}, rootfs }))
  return { name, config: [`${sha256(bytes)}.json`, bytes], layers: layers.map(([path]) => path) }
}

function layer(name) {
  const bytes = Buffer.concat([member(name, Buffer.from(`${name}\n`)), Buffer.alloc(1024)])
  return [`${sha256(bytes)}/layer.tar`, bytes]
}

function times(count, make) {
  return Array.from({ length: count }, (_, n) => make(n))
}

/** A file with its header (ustar); a directory, if its name ends in a slash. */
export function member(name, bytes) {
  const isDirectory = name.endsWith('/')
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write(isDirectory ? '0000755\0' : '0000644\0', 100)
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write(isDirectory ? '5' : '0', 156)
  header.write('ustar\x0000', 257)
  const checksum = header.reduce((sum, byte) => sum + byte, 0)
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, bytes, Buffer.alloc(-bytes.length & 511)])
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}
