import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { type Inspection, inspect } from '../../../src/commands/inspect.js'
import type { InspectOptions } from '../../../src/commands/options.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { ImageError } from '../../../src/spec/errors.js'
import { familiarName } from '../../../src/spec/reference.js'
import type { WarningCode } from '../../../src/spec/warnings.js'
import { ARCHIVES, archiveOf } from '../../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { DOORS } from '../../fixtures/layout.js'
import { V1_ARCHIVES } from '../../fixtures/v1.js'
import { VARIANTS } from '../../variants/index.js'
import { APP, LAYER } from '../../variants/variant.js'

/** Whether the layers are read, too. */
const WAYS = [{ full: false }, { full: true }]

const READ: [string, () => Buffer][] = [
  ...Object.entries(ARCHIVES),
  ...Object.entries(V1_ARCHIVES),
  [
    'layers that are named as blobs, but for their ending, as rules_oci has them',
    () => {
      const content = gzipSync(LAYER)
      const name = `blobs/sha256/${hexOf(digestOf(content))}.tar.gz`
      return archiveOf(APP, [name], [{ name, content }])
    },
  ],
]

describe.each(READ)('an archive with %s', (_, make) => {
  const archive = make()

  test.each(WAYS)('is the same by every door: %j', async (options) => {
    const byFile = await inspectedBy('file', archive, options)
    for (const door of Object.keys(DOORS)) {
      expect({ door, ...(await inspectedBy(door, archive, options)) }).toEqual({ door, ...byFile })
    }
  })

  test('is what convert makes of it', async () => {
    const [stated, full] = await Promise.all(WAYS.map((options) => inspectedBy('file', archive, options)))
    const { images, warnings } = await convert(await temporaryFile(archive), join(await temporaryDirectory(), 'layout'))
    const converted = [...new Map(images.map(({ digest, config }) => [digest, { digest, config }])).values()]
    expect(full?.images.map(({ digest, config }) => ({ digest, config }))).toEqual(converted)
    expect(full?.images.flatMap(({ names }) => names)).toEqual(
      images.flatMap(({ reference }) => (reference === null ? [] : familiarName(reference))),
    )
    expect(full?.warnings.map(({ code }) => code)).toEqual(warnings.map(({ code }) => code))
    expect(filled(stated, full)).toEqual(full)
  })
})

const BY_TITLE = VARIANTS.map((variant) => [`${variant.name}: ${variant.what}`, variant] as const)

describe.each(BY_TITLE)('%s', (_, { build, outcome, isInTar = false }) => {
  const doors = Object.keys(DOORS).filter((door) => door !== 'directory' || !isInTar)

  if ('reads' in outcome) {
    test.each(WAYS)('is shown, and the same by every door: %j', async (options) => {
      const archive = await build()
      const byFile = await inspectedBy('file', archive, options)
      expect(new Set(byFile.images.map(({ digest, names }) => digest ?? names[0])).size).toBe(outcome.reads.images)
      const codes = [...new Set(byFile.warnings.map(({ code }) => code))].sort()
      expect(codes).toEqual(outcome.reads.warnings.filter((code) => options.full || !OF_LAYERS.has(code)))
      for (const door of doors) {
        expect({ door, ...(await inspectedBy(door, archive, options)) }).toEqual({ door, ...byFile })
      }
    })
  } else {
    test('is refused by every door if its layers are read', async () => {
      const archive = await build()
      expect(doors).not.toEqual([])
      for (const door of doors) expect(await refusalBy(door, archive, { full: true })).toMatch(outcome.refuses)
    })

    test('is shown as it is stated, or refused, by every door', async () => {
      const archive = await build()
      const byFile = await outcomeBy('file', archive)
      for (const door of doors)
        expect({ door, outcome: await outcomeBy(door, archive) }).toEqual({ door, outcome: byFile })
    })
  }
})

test.each(['docker-20.10.tar', 'docker-28.tar', 'docker-28-containerd.tar', 'podman-5.8.tar'])(
  'samples/%s is the same by every door, and the full inspection only adds to it',
  async (name) => {
    const archive = await readFile(new URL(`../../../samples/${name}`, import.meta.url))
    const [stated, full] = await Promise.all(WAYS.map((options) => inspectedBy('file', archive, options)))
    expect(filled(stated, full)).toEqual(full)
    for (const door of Object.keys(DOORS)) {
      expect({ door, ...(await inspectedBy(door, archive, { full: false })) }).toEqual({ door, ...stated })
      expect({ door, ...(await inspectedBy(door, archive, { full: true })) }).toEqual({ door, ...full })
    }
  },
)

/** Told only by who reads the layers: that they will change. */
const OF_LAYERS: ReadonlySet<WarningCode> = new Set<WarningCode>(['LAYER_COMPRESSION', 'GZIP_PADDING'])

/** What is different by a door and has to be: the archive's name, and what a directory does not tell of its writer. */
async function inspectedBy(door: string, archive: Buffer, options: InspectOptions = {}): Promise<Inspection> {
  const source = (await DOORS[door]?.(archive)) ?? ''
  const inspection = await inspect(source, options)
  const name = typeof source === 'string' ? source : 'a stream'
  const warnings = inspection.warnings.map(({ where, ...rest }) => ({ ...rest, where: where.replace(name, 'SOURCE') }))
  const isLikeDocker = /Docker 1\.10|format legacy/.test(inspection.writer ?? '')
  return { ...inspection, writer: isLikeDocker ? 'like Docker 1.10' : inspection.writer, warnings }
}

/** Why it is refused, or what is told of it instead. */
async function refusalBy(door: string, archive: Buffer, options: InspectOptions): Promise<string> {
  try {
    const { images, warnings } = await inspectedBy(door, archive, options)
    return [...images.map(({ problem }) => problem), ...warnings.map(({ message }) => message)].join()
  } catch (error) {
    if (error instanceof ImageError && error.code !== 'INTERNAL') return error.message
    throw error
  }
}

/** Images, or why there are none, without the steps that led there: these are of the door. */
async function outcomeBy(door: string, archive: Buffer): Promise<unknown> {
  try {
    return (await inspectedBy(door, archive)).images
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    const { code, expected, found } = error
    // An empty directory is none that a tar was unpacked to.
    return found === 'nothing' || found === 'an empty tar' ? 'nothing' : { code, expected, found }
  }
}

/** What is stated, with what is not known put in from elsewhere. */
function filled(stated: unknown, full: unknown): unknown {
  if (stated === null) return full
  if (typeof stated !== 'object' || typeof full !== 'object' || full === null) return stated
  if (Array.isArray(stated)) return stated.map((item, at) => filled(item, (full as unknown[])[at]))
  return Object.fromEntries(
    Object.entries(stated).map(([key, value]) => [key, filled(value, (full as Record<string, unknown>)[key])]),
  )
}
