import { afterAll, beforeAll, expect, test } from 'vitest'
import { convert } from '../../src/index.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { ARCHIVE_READERS } from './archiveReaders.js'
import { hasBusybox, MADE, PARTIAL, WRITTEN } from './archives.js'
import { describeOn, describeWith, type Engine, type LoadedImage, reportMissing } from './engine.js'
import { ENGINES } from './engines.js'
import { type ExpectedImage, PLATFORM } from './expected.js'
import { type Limit, limitsOf } from './limits.js'
import { HOST } from './machine.js'
import { openShipper, type Shipped, type Shipper } from './shipping.js'

const FORMATS = ['docker', 'docker-25', 'docker-legacy', 'oci'] as const

const cells = [...WRITTEN, ...(hasBusybox() ? MADE : [])].flatMap((sample) =>
  (sample.formats ?? FORMATS).map((format) => ({ sample, format, name: `${sample.name} as ${format}` })),
)
if (!hasBusybox()) reportMissing('images that run', HOST, 'no busybox that needs no libraries')

const sampleForPipes = { name: 'a small image', archive: () => dockerArchive(image()) }

let shipper: Shipper
beforeAll(async () => {
  shipper = await openShipper()
})
afterAll(() => shipper.close())

for (const kind of ENGINES) {
  describeWith(kind, (engine, version) => {
    const limits = limitsOf(kind.family, version)
    for (const { name, sample, format } of cells) {
      test(`has what is in ${name}, and runs it`, async () => {
        const shipped = await shipper.ship(sample, format)
        await afterLimits(shipped, { limits, work: () => engine().load(shipped.archive) }, (images) =>
          assertHas(engine(), { ...shipped, images }),
        )
      })
    }

    // ctr is asked for all platforms, and so refuses it.
    if (hasBusybox() && kind.family !== 'containerd') {
      test(`has ${PARTIAL.name}, and runs it`, async () => {
        const shipped = await shipper.ship(PARTIAL, 'docker')
        await engine().load(shipped.archive)
        await assertHas(engine(), shipped)
      })
    }

    for (const format of ['docker', 'docker-25', 'docker-legacy'] as const) {
      test(`takes ${format} from a pipe as it is written`, async () => {
        const shipped = await shipper.ship(sampleForPipes, format)
        await engine().loadFrom((to) => convert(`oci:${shipped.layout}`, to, { format }))
        await assertHas(engine(), shipped)
      })
    }
  })
}

for (const { program, machine, read } of ARCHIVE_READERS) {
  describeOn({ name: program, machine, programs: [program] }, (on, version) => {
    const limits = limitsOf(program, version)
    for (const { name, sample, format } of cells) {
      test(`reads ${name}`, async () => {
        const shipped = await shipper.ship(sample, format)
        await afterLimits(shipped, { limits, work: () => read(on, shipped) }, (images, ids) =>
          expect(ids.sort()).toEqual(images.map(({ id }) => id).sort()),
        )
      })
    }
  })
}

/** Does the work, unless an image is beyond a limit: then it has to be refused. What comes after is told what is left. */
async function afterLimits<T>(
  shipped: Shipped,
  { limits, work }: { limits: readonly Limit[]; work: () => Promise<T> },
  then: (images: ExpectedImage[], result: T) => unknown,
): Promise<void> {
  const reached = limits.filter((limit) => shipped.images.some((image) => limit.concerns(image, shipped)))
  const refusal = reached.find(({ says }) => says !== undefined)
  if (refusal?.says !== undefined) {
    await expect(work()).rejects.toThrow(refusal.says)
    return
  }
  const result = await work()
  await then(
    shipped.images.filter((image) => !reached.some((limit) => limit.concerns(image, shipped))),
    result,
  )
}

/** Holds what the engine has against what it should have, and runs what can be run. */
async function assertHas(engine: Engine, { format, images, isFull }: Shipped): Promise<void> {
  const entries = images.reduce((total, { names }) => total + Math.max(1, names.length), 0)
  const isHybrid = format !== 'docker-legacy'
  const named = images.map((image) => {
    return { ...image, names: image.names.map((name) => engine.nameOf(name, { isHybrid, entries, isFull })) }
  })
  const loaded = await engine.images()
  expect(facts(loaded, engine)).toEqual(facts(named, engine))
  for (const image of loaded) {
    const { config, digest, platform } = images.find(({ id }) => id === image.id) ?? {}
    // The others have manifests of their own.
    if ((format === 'docker' || format === 'oci') && image.digest !== undefined) expect(image.digest).toBe(digest)
    await engine.unpack(image)
    if (platform === PLATFORM && hasCommand(config)) expect(await engine.run(image)).toBe(printed(config))
  }
}

/** What is compared; a field of a config with nothing in it is the same as none. */
function facts(images: readonly LoadedImage[], { tells }: Engine) {
  const isTold = ([field, value]: [string, unknown]) => !isEmpty(value) && (tells?.includes(field) ?? true)
  return images
    .map(({ id, names, layers, config }) => {
      return { id, names: [...names].sort(), layers, config: Object.fromEntries(Object.entries(config).filter(isTold)) }
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === '' || value === false || (typeof value === 'object' && Object.keys(value).length === 0)
  )
}

function hasCommand(config: Config | undefined): config is Config {
  return [config?.Cmd, config?.Entrypoint].some((command) => Array.isArray(command) && command.length > 0)
}

/** What an image's command prints: a label says so, or it is an echo, or else the file that images of other origin have. */
function printed({ Cmd, Labels }: Config): string {
  const { prints } = (Labels ?? {}) as { prints?: string }
  const [, program, ...words] = Cmd as string[]
  return prints ?? (program === 'echo' ? words.join(' ') : 'k')
}

type Config = Record<string, unknown>
