import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConvertOptions, convert } from '../../src/index.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { greetingLayer, hasBusybox, MADE, WRITTEN } from './archives.js'
import { type Docker, startDockerd, type Writer } from './dockerd.js'
import { describeWith, reportMissing } from './engine.js'
import { CLASSIC, STORED } from './engines.js'
import { HOST } from './machine.js'
import { ODD_CONFIGS } from './oddConfigs.js'
import { openShipper, type Shipper } from './shipping.js'
import { contentOf, differences, tarEntries, withContent, withoutEntry, withoutTimes } from './tarEntries.js'

const samples = [...WRITTEN, ...(hasBusybox() ? MADE : [])]
if (!hasBusybox()) reportMissing('images that run', HOST, 'no busybox that needs no libraries')

let shipper: Shipper
beforeAll(async () => {
  shipper = await openShipper()
})
afterAll(() => shipper.close())

/** Which Docker wrote an archive, by its name. */
const WRITERS: readonly [RegExp, Writer][] = [
  [/^docker-?20/, { saves: 'docker-legacy', era: 20 }],
  [/^docker-?28(c|-containerd)/, { saves: 'docker', era: 28 }],
  [/^docker-?28/, { saves: 'docker-25', era: 28 }],
]

for (const { name, archive } of WRITTEN) {
  const writer = WRITERS.find(([prefix]) => prefix.test(name))?.[1]
  if (writer === undefined || typeof archive !== 'string') continue
  test(`${name} is what we write of it`, () => assertIsWhatWeWrite(archive, writer))
}

for (const kind of [...CLASSIC, STORED]) {
  describeWith(kind, (docker) => {
    for (const sample of samples) {
      // What Docker does not export is no sample for it.
      if (sample.formats !== undefined && !sample.formats.includes('docker-25')) continue
      test(`${sample.name}, loaded and saved, is what we write of it`, async () => {
        const { archive } = await shipper.ship(sample, docker().saves === 'docker' ? 'docker' : 'docker-25')
        await docker().load(archive)
        await assertSavesWhatWeWrite(docker(), await addresses(docker()))
      })
    }

    for (const [name, archive] of Object.entries(ODD_CONFIGS)) {
      test(`${name}, loaded and saved, is what we write of it`, async () => {
        await docker().load(await temporaryFile(archive()))
        await assertSavesWhatWeWrite(docker(), ['odd:v1'])
      })
    }

    test('what the daemon imported is what we write of it', async () => {
      // It takes no others here.
      const changes = INSTRUCTIONS.filter((instruction) => !/^(STOPSIGNAL|SHELL)/.test(instruction))
      await docker().import(await temporaryFile(greetingLayer('import')), 'imported:v1', ...changes)
      await assertSavesWhatWeWrite(docker(), ['imported:v1'])
    })

    test('what the daemon built is what we write of it', async () => {
      const instructions = ['FROM scratch', 'COPY Dockerfile /one', 'COPY Dockerfile /two', ...INSTRUCTIONS]
      const context = await temporaryDirectory()
      await writeFile(join(context, 'Dockerfile'), instructions.join('\n'))
      await docker().build(context, 'built:v1')
      await assertSavesWhatWeWrite(docker(), ['built:v1'])
    })

    test('images that share all their layers, saved together, are what we write of them', async () => {
      const rootfs = await temporaryFile(greetingLayer('together'))
      const names = ['alone:v1', 'alone:v2', 'other/alone:v1']
      for (const name of names) await docker().import(rootfs, name, `LABEL name=${name}`)
      await docker().tag('alone:v1', 'alone:latest')
      await assertSavesWhatWeWrite(docker(), ['alone', 'other/alone:v1'])
    })
  })
}

for (const kind of CLASSIC) {
  describeWith({ ...kind, start: (machine) => startDockerd(machine, { timeZone: 'America/New_York' }) }, (docker) => {
    test('the time zone of a daemon is in the ids of layers', async () => {
      const spec = { files: ['one', 'two', 'three'], config: { created: '2024-02-29T12:34:56+02:00' } }
      await docker().load(await temporaryFile(dockerArchive(image(spec))))
      await assertSavesWhatWeWrite(docker(), ['app:v1'], { timeZone: 'America/New_York' })
    })
  })
}

/** Instructions for every field of a config, with text that JSON writers do not agree on. */
const INSTRUCTIONS = [
  'USER 1000:1000',
  'EXPOSE 80 53/udp',
  'ENV AMPERSAND="a<b>&c" SEPARATOR="\u2028" WORDS="żółć 目录 😀" QUOTES="\\"\\\\"',
  'VOLUME ["/data", "/vol<&>"]',
  'WORKDIR /tmp',
  'ONBUILD RUN echo "<built>" && true',
  'LABEL z="last" a="first" html="<a>&amp;</a>\u2029"',
  'STOPSIGNAL SIGUSR1',
  'SHELL ["/bin/busybox", "sh", "-c"]',
  'HEALTHCHECK --interval=30s --retries=3 CMD true && echo "<ok>"',
  'ENTRYPOINT ["/bin/busybox"]',
  'CMD ["echo", "<hello>", "&\u2028"]',
]

/** Every name that there is, and the address of every image that has none. */
async function addresses(docker: Docker): Promise<string[]> {
  const images = await docker.images()
  return images.flatMap(({ names, id, digest }) => (names.length > 0 ? names : [digest ?? id]))
}

/** Saves images, and holds that against what we write of them. */
async function assertSavesWhatWeWrite(docker: Docker, images: string[], options: ConvertOptions = {}): Promise<void> {
  const saved = join(await temporaryDirectory(), 'saved.tar')
  await docker.save(saved, ...images)
  await assertIsWhatWeWrite(saved, docker, options)
}

/** Holds an archive of Docker's against what we write, in the same format, of the layout that we make of it. */
async function assertIsWhatWeWrite(saved: string, writer: Writer, options: ConvertOptions = {}): Promise<void> {
  const directory = await temporaryDirectory()
  const [layout, written] = [join(directory, 'layout'), join(directory, 'written.tar')]
  const theirs = await readFile(saved)
  await convert(saved, `oci:${layout}`)
  await convert(`oci:${layout}`, written, { format: writer.saves, ...buildOf(writer, theirs), ...options })
  const ours = await readFile(written)

  const [own, other] = [comparable(ours, writer), comparable(theirs, writer)]
  expect(differences(own, other)).toEqual([])
  expect(own.equals(other)).toBe(true)
}

/** What a build of Docker writes into headers, which the images do not tell. */
function buildOf({ saves, era }: Writer, saved: Buffer): ConvertOptions {
  // An extension header says nothing of its owner.
  const entry = tarEntries(saved).find(({ fields }) => fields.type !== 'x')
  return saves === 'docker-legacy' ? { uname: entry?.fields.uname ?? '', typeBits: era < 24 } : {}
}

/** An archive without what Docker writes in one way now and in another then. */
function comparable(bytes: Buffer, writer: Writer): Buffer {
  const timeless = withoutTimes(bytes, timedByTheClock(bytes, writer))
  if (writer.saves === 'docker') return withContent(timeless, 'manifest.json', inOrder)
  // Of images saved together it leaves some that have no name out of the index (moby issue 51389).
  return writer.saves === 'docker-25' && mayLackEntries(bytes) ? withoutEntry(timeless, 'index.json') : timeless
}

/**
 * Entries whose time is that of saving: of 1.10 to 24 a layer that is a link to another, with all that is in its
 * directory (moby issue 42766); of 25 to 28 a directory of blobs, and before 28 the index too.
 */
function timedByTheClock(bytes: Buffer, { saves, era }: Writer): Set<string> {
  if (saves === 'docker') return new Set()
  if (saves === 'docker-25') return new Set(['blobs/sha256/', ...(era < 28 ? ['index.json'] : [])])
  const links = tarEntries(bytes).filter(({ fields }) => fields.type === '2')
  const directories = links.map(({ name }) => name.slice(0, -'layer.tar'.length))
  return new Set(directories.flatMap((path) => [path, `${path}VERSION`, `${path}json`, `${path}layer.tar`]))
}

/** The items of manifest.json in an order of their own; Docker has that of a Go map, which is none. */
function inOrder(manifest: Buffer): Buffer {
  const text = manifest.toString()
  const end = text.lastIndexOf(']')
  const items = text.slice(1, end).split(/,(?=\{"Config":)/)
  return Buffer.from(`[${items.sort().join(',')}${text.slice(end)}`)
}

function mayLackEntries(bytes: Buffer): boolean {
  const items: { RepoTags: string[] | null }[] = JSON.parse(contentOf(bytes, 'manifest.json').toString())
  return items.length > 1 && items.some(({ RepoTags }) => RepoTags === null)
}
