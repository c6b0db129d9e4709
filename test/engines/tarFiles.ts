import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { extract, type Header } from 'tar-stream'
import { digestOf } from '../../src/spec/digest.js'

/** A file of a file system that a tar holds. */
interface TarFile extends Pick<Header, 'type' | 'mode' | 'uid' | 'gid' | 'size' | 'devmajor' | 'devminor'> {
  /** In seconds. */
  mtime: number
  /** Where a symbolic link leads; null if it is none. */
  target: Header['linkname']
  digest: string
  /** File capabilities, in hexadecimal digits; empty if there are none. */
  capability: string
  /** All its names, sorted. */
  names: string[]
}

/** The files of a tar by their names, sorted; each name of a file with hard links has the whole file. */
export async function filesIn(tar: Buffer): Promise<Map<string, TarFile>> {
  const files = new Map<string, TarFile>()
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    const { header } = entry
    const name = plain(header.name)
    const linked = header.type === 'link' ? files.get(plain(header.linkname)) : undefined
    const file = linked ?? fileOf(header, await buffer(entry))
    file.names.push(name)
    files.set(name, file)
    entry.resume()
  }
  for (const { names } of files.values()) names.sort()
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function fileOf({ mode, mtime, linkname, pax, ...header }: Header, content: Buffer): TarFile {
  const { type, uid, gid, size, devmajor, devminor } = header
  const capability = new Map<string, string>(Object.entries(pax ?? {})).get('SCHILY.xattr.security.capability')
  return {
    ...{ type, uid, gid, size, devmajor, devminor },
    // Old Docker adds bits that tell the type.
    mode: mode & 0o7777,
    mtime: Math.floor(mtime.getTime() / 1000),
    target: linkname,
    digest: digestOf(content),
    capability: Buffer.from(capability ?? '', 'latin1').toString('hex'),
    names: [],
  }
}

function plain(path: string): string {
  return path.replace(/^\.?\//, '').replace(/\/$/, '')
}
