import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exportRootfs } from '../../src/index.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, type Image, imageWith } from '../fixtures/image.js'
import { type EntrySpec, pax } from '../fixtures/tar.js'
import { describeWith } from './engine.js'
import { CLASSIC, STORED } from './engines.js'
import { filesIn } from './tarFiles.js'

/** What Docker gives each container; none of it is in the image here. */
const OF_CONTAINERS = /^(\.dockerenv|(dev|etc|proc|sys)(\/.*)?)$/

for (const kind of [...CLASSIC, STORED]) {
  describeWith(kind, (docker) => {
    test('exports the files that transload exports', async () => {
      const archive = await temporaryFile(dockerArchive(manifold()))
      const place = await temporaryDirectory()
      const [ours, theirs] = [join(place, 'ours.tar'), join(place, 'theirs.tar')]
      await exportRootfs(archive, ours)
      await docker().load(archive)
      for (const image of await docker().images()) await docker().export(image, theirs)

      const own = await filesIn(await readFile(ours))
      const other = await filesIn(await readFile(theirs))
      expect([...other].filter(([path]) => !OF_CONTAINERS.test(path))).toEqual([...own])
      expect(own.size).toBe(22)
    })
  })
}

/**
 * An image with every kind of file, and with layers that replace, remove and hide. As in layers of real tools, every
 * directory in which something changes is in its layer: else Docker gives it the time of loading.
 */
function manifold(): Image {
  return imageWith([
    [
      { name: 'bin/', type: '5', mtime: 7 },
      { name: 'bin/setuid', content: 'S', mode: 0o4755 },
      { name: 'bin/setgid', content: 'G', mode: 0o2711, ...owner(0, 5) },
      pax({ 'SCHILY.xattr.security.capability': CAPABILITY }),
      { name: 'bin/capable', content: 'C', mode: 0o755 },
      { name: 'home/', type: '5', ...owner(1000, 100) },
      { name: 'home/mine', content: 'M', ...MINE },
      { name: 'home/hard', type: '1', linkTarget: 'home/mine', ...MINE },
      { name: 'home/harder', type: '1', linkTarget: 'home/hard', ...MINE },
      { name: 'home/soft', type: '2', linkTarget: '../bin/no such file', mode: 0o777, ...owner(1000, 100) },
      { name: 'home/pipe', type: '6', mode: 0o640 },
      { name: 'home/null', type: '3', mode: 0o666, bytes: { 329: '0000001', 337: '0000003' } },
      { name: 'home/disk', type: '4', mode: 0o660, bytes: { 329: '0000007', 337: '0000020' } },
      pax({ path: LONG }),
      { name: 'long/', type: '5' },
      pax({ path: `${LONG}${'long'.repeat(40)}`, mtime: '1500000000.75', uid: '3000000' }),
      { name: 'long', content: 'L' },
      { name: 'tmp/', type: '5', mode: 0o1777 },
      { name: 'lib/', type: '5' },
      { name: 'lib/gone', content: 'x' },
      { name: 'lib/replaced', content: 'old' },
      { name: 'hidden/', type: '5', mode: 0o700 },
      { name: 'hidden/below/', type: '5' },
      { name: 'hidden/below/x', content: 'x' },
      { name: 'turned/', type: '5' },
      { name: 'turned/x', content: 'x' },
    ],
    [
      { name: 'bin/', type: '5', mtime: 9, mode: 0o711 },
      { name: 'lib/', type: '5', mtime: 2 },
      { name: 'lib/.wh.gone' },
      { name: 'lib/replaced', content: 'new', mtime: 3 },
      { name: 'hidden/', type: '5', mtime: 4 },
      { name: 'hidden/.wh..wh..opq' },
      { name: 'hidden/y', content: 'y' },
      { name: 'turned', content: 'a file' },
      { name: 'twin', content: 'T' },
      { name: 'twins', type: '1', linkTarget: 'twin' },
    ],
  ])
}

const LONG = `home/${'ż'.repeat(60)}/`

/** cap_net_raw, effective and permitted. */
const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex')

/** Docker takes from a hard link what it says of the file, too: writers of tars say the same. */
const MINE = { mode: 0o600, mtime: 1_600_000_000, ...owner(1000, 100) }

/** The fields of an owner in a header. */
function owner(uid: number, gid: number): Pick<EntrySpec, 'bytes'> {
  return { bytes: { 108: octal(uid), 116: octal(gid) } }
}

function octal(value: number): string {
  return value.toString(8).padStart(7, '0')
}
