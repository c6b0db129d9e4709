import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { contextOf } from '../../src/bytes/context.js'
import type { ImageReport } from '../../src/image/report.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_CONFIG } from '../../src/spec/mediaTypes.js'
import type { Descriptor, Index } from '../../src/spec/parse.js'
import type { Warning } from '../../src/spec/warnings.js'
import { putDocument } from '../../src/store/putContent.js'
import { type ArchiveOptions, openArchiveDestination } from '../../src/transport/archiveDestination.js'
import type { Arrival } from '../../src/transport/destination.js'
import { parsePlace } from '../../src/transport/places.js'
import { NAME, newLayout } from '../fixtures/archives.js'
import { collect } from '../fixtures/bytes.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { entriesOf } from '../fixtures/exporting.js'
import { addImage, image, nameAnnotations } from '../fixtures/image.js'

const REF = 'org.opencontainers.image.ref.name'
const layout = newLayout()
const entry = addImage(layout, image())

describe('the file', () => {
  test('is there after the finish, and reported as what it has', async () => {
    const path = join(await temporaryDirectory(), 'out.tar')
    const { reports } = await written(path, [{ ...entry, annotations: nameAnnotations(NAME) }])
    expect([...(await entriesOf(await readFile(path))).keys()]).toContain('manifest.json')
    expect(reports).toEqual([
      {
        reference: NAME,
        digest: entry.digest,
        config: digestOf(image().config),
        platform: 'linux/amd64',
        mediaType: entry.mediaType,
        size: [...layout.blobs.values()].reduce((total, { length }) => total + length, 0),
        from: `from ${entry.digest}`,
      },
    ])
  })

  test('is not replaced, nor a directory, and that is told before anything is done', async () => {
    const root = await temporaryDirectory()
    await writeFile(join(root, 'out.tar'), 'mine')
    const opened = openArchiveDestination(parsePlace(join(root, 'out.tar')), options())
    await expect(opened).rejects.toMatchObject({ code: 'EXISTS', where: join(root, 'out.tar') })
    const directory = openArchiveDestination(parsePlace(`oci-archive:${root}`), options({ force: true }))
    await expect(directory).rejects.toMatchObject({
      code: 'EXISTS',
      where: root,
      hint: expect.stringContaining(`oci:${root}`),
    })
    expect(await readdir(root)).toEqual(['out.tar'])
  })

  test('is replaced by force; of a symlink that is the link, and not what it leads to', async () => {
    const root = await temporaryDirectory()
    await writeFile(join(root, 'real.tar'), 'old')
    await symlink('real.tar', join(root, 'out.tar'))
    await written(join(root, 'out.tar'), [entry], { force: true })
    expect((await lstat(join(root, 'out.tar'))).isFile()).toBe(true)
    expect(await readFile(join(root, 'real.tar'), 'utf8')).toBe('old')
    await written(join(root, 'real.tar'), [entry], { force: true })
    expect((await stat(join(root, 'real.tar'))).size).toBeGreaterThan(1024)
    expect((await readdir(root)).sort()).toEqual(['out.tar', 'real.tar'])
  })

  test('cannot be where there is no directory', async () => {
    const path = join(await temporaryDirectory(), 'none', 'out.tar')
    const opened = openArchiveDestination(parsePlace(path), options())
    await expect(opened).rejects.toMatchObject({ code: 'SYSTEM', message: expect.stringContaining(`open ${path}`) })
  })

  test('is compressed as its name says, whatever else it is called', async () => {
    const root = await temporaryDirectory()
    for (const [name, magic] of Object.entries({
      'a.tar.gz': '1f8b',
      'b.tgz': '1f8b',
      'c.tar.zst': '28b5',
      'c.TZST': '28b5',
      d: '626c',
    })) {
      await written(`docker-archive:${join(root, name)}`, [entry])
      expect([name, (await readFile(join(root, name))).toString('hex', 0, 2)]).toEqual([name, magic])
    }
  })

  test('may be one that can only be written to, as a pipe', async () => {
    const path = join(await temporaryDirectory(), 'pipe.tar')
    execFileSync('mkfifo', [path])
    const reading = collect(createReadStream(path))
    await written(path, [entry])
    expect([...(await entriesOf(await reading)).keys()]).toContain('index.json')
    expect((await stat(path)).isFIFO()).toBe(true)
  }, 5000)
})

describe('a stream', () => {
  test('gets the archive, and stays open', async () => {
    const stream = new PassThrough({ highWaterMark: 1 << 20 })
    const { bytesWritten } = await written(stream, [entry])
    expect(stream.writableEnded).toBe(false)
    stream.end()
    const archive = await collect(stream)
    expect(archive.length).toBe(bytesWritten)
    expect([...(await entriesOf(archive)).keys()]).toContain('index.json')
  })
})

describe('names', () => {
  const tagged = { ...entry, annotations: { [REF]: 'v1' } }

  test('that are tags alone are those of the source', async () => {
    const path = join(await temporaryDirectory(), 'out.tar')
    const { reports } = await written(path, [tagged], { repository: 'source' })
    expect(reports).toMatchObject([{ reference: 'docker.io/library/source:v1', from: `from ${entry.digest}` }])
  })

  test('are by the name of the archive if the source has none', async () => {
    const { reports } = await written(join(await temporaryDirectory(), 'Out.tar.gz'), [tagged])
    expect(reports).toMatchObject([{ reference: 'docker.io/library/out:v1' }])
  })

  test('are dropped where neither has one', async () => {
    const { reports, warnings } = await written(new PassThrough().resume(), [tagged])
    expect(reports).toMatchObject([{ reference: null }])
    expect(warnings).toMatchObject([{ code: 'ILLEGAL_NAME' }])
  })

  test('stay as they are in an OCI layout', async () => {
    const path = join(await temporaryDirectory(), 'out.tar')
    await written(path, [tagged], { exporting: { ...options().exporting, format: 'oci' } })
    const index = JSON.parse((await entriesOf(await readFile(path))).get('index.json')?.content.toString() ?? '')
    expect(index.manifests).toEqual([tagged])
  })
})

describe('the index', () => {
  const shell: Index = { schemaVersion: 2, annotations: { mine: 'yes' }, manifests: [] }

  test.each(['docker', 'oci'] as const)('has what else the source’s says, in the format %s', async (format) => {
    const path = join(await temporaryDirectory(), 'out.tar')
    await written(path, [entry], { exporting: { ...options().exporting, format } }, shell)
    const index = JSON.parse((await entriesOf(await readFile(path))).get('index.json')?.content.toString() ?? '')
    expect(index).toMatchObject({ annotations: { mine: 'yes' }, manifests: [entry] })
  })

  test('lists an entry once, however often it is added', async () => {
    const path = join(await temporaryDirectory(), 'out.tar')
    await written(path, [entry, entry])
    const index = JSON.parse((await entriesOf(await readFile(path))).get('index.json')?.content.toString() ?? '')
    expect(index.manifests).toEqual([entry])
  })
})

test('what fails leaves nothing, and says where it was to go', async () => {
  const root = await temporaryDirectory()
  const missing = { ...entry, digest: digestOf(Buffer.from('missing')), mediaType: OCI_CONFIG }
  await expect(written(join(root, 'out.tar'), [missing])).rejects.toMatchObject({
    message: expect.stringContaining(`write ${root}/out.tar`),
  })
  expect(await readdir(root)).toEqual([])
})

function options(others: Partial<ArchiveOptions> = {}): ArchiveOptions {
  return {
    context: contextOf({ jobs: 2 }),
    repository: undefined,
    force: false,
    exporting: {
      format: 'docker',
      headers: { uname: '', typeBits: true },
      epoch: '1970-01-01T00:00:00Z',
      platforms: [],
      isNamed: false,
    },
    ...others,
  }
}

interface Written {
  reports: ImageReport[]
  warnings: Warning[]
  bytesWritten: number
}

/** Writes the layout with these entries. */
async function written(
  to: string | PassThrough,
  entries: readonly Descriptor[],
  others: Partial<ArchiveOptions> = {},
  shell?: Arrival['shell'],
): Promise<Written> {
  const warnings: Warning[] = []
  const context = contextOf({ jobs: 2, onWarning: (warning) => warnings.push(warning) })
  const place = typeof to === 'string' ? parsePlace(to) : to
  await using destination = await openArchiveDestination(place, options({ context, ...others }))
  for (const bytes of layout.blobs.values()) {
    await putDocument(destination.pool, bytes, { digest: digestOf(bytes), size: bytes.length })
  }
  const arriving = entries.map((one) => ({ entry: one, from: `from ${one.digest}` }))
  const reports = await destination.finish({ entries: arriving, leftOut: new Set(), isRenamed: false, shell })
  return { reports, warnings, bytesWritten: destination.bytesWritten }
}
