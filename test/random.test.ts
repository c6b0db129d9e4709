import fc from 'fast-check'
import { expect, test } from 'vitest'
import { convert } from '../src/commands/convert.js'
import type { Conversion } from '../src/image/report.js'
import type { Descriptor } from '../src/spec/parse.js'
import { inChunks } from './fixtures/bytes.js'
import { fullNameOf } from './fixtures/random/archive.js'
import { assertLayout, assertTaken, attempted, codes, idsIn, short, told } from './fixtures/random/asserting.js'
import { ofPlatform, ofPlatforms, pointing } from './fixtures/random/choosing.js'
import { followed } from './fixtures/random/following.js'
import { documentOf, within } from './fixtures/random/graph.js'
import {
  asAdded,
  asDocker,
  everything,
  exportedIDs,
  familiar,
  type Model,
  merged,
  modelOf,
  takenBlobs,
  withAbout,
} from './fixtures/random/model.js'
import { filesOf, Places, readLayout } from './fixtures/random/places.js'
import { recipe } from './fixtures/random/recipe.js'
import { type Source, sourceOf } from './fixtures/random/source.js'

/** The same few each time; more, and another seed, for a longer search. What is found is printed with its seed. */
const { TRANSLOAD_RANDOM_RUNS: runs = '10', TRANSLOAD_RANDOM_SEED: seed = '1' } = process.env
const RUNS = { numRuns: Number(runs), seed: Number(seed) }
const LIMIT = 60_000 + 1000 * RUNS.numRuns

const WANTED = ['linux/amd64', 'linux/arm64', 'linux/arm', 'linux/arm/v6', 'linux/arm/v7']

/** Checks a property of any source. */
function holds(name: string, check: (source: Source, places: Places, number: number) => Promise<void>): void {
  test(name, { timeout: LIMIT }, async () => {
    const property = fc.asyncProperty(recipe, fc.nat({ max: 1000 }), async (one, number) => {
      await using places = new Places()
      await check(sourceOf(one), places, number)
    })
    await fc.assert(property, RUNS)
  })
}

holds('a layout is what the source is made of, by every door', async (source, places) => {
  const { file, bytes, directory } = await places.doorsOf(source)
  const model = modelOf(source)
  const all = everything(model)
  const expected = asAdded(all.entries)
  const seen: [Record<string, string>, Conversion['images']][] = []
  for (const from of [file, inChunks(bytes, 700), directory]) {
    const to = await places.next()
    const { images, warnings } = await convert(from, to)
    await assertLayout(to, all, model)
    expect(told(warnings)).toEqual(expected.taken.map((name) => `REF_NAME_TAKEN ${name}`))
    seen.push([await filesOf(to), images])
  }
  expect(seen[1]).toEqual(seen[0])
  expect(seen[2]).toEqual(seen[0])
})

holds('nothing changes by way of an archive', async (source, places) => {
  const model = modelOf(source)
  const { file } = await places.doorsOf(source)
  const all = everything(model)
  const viaOCI = await places.next('.tar')
  await convert(file, `oci-archive:${viaOCI}`)
  await convert(viaOCI, await places.next())
  await assertLayout(places.last, all, model)
  const exported = exportedIDs(asDocker(model.manifests, model.blobs), model.blobs)
  for (const format of ['docker', 'docker-25', 'docker-legacy'] as const) {
    const archive = await places.next('.tar')
    const { error, warnings } = await attempted(file, archive, { format })
    const isRefused = exported?.isEmpty === true && format !== 'docker'
    expect(error).toBe(exported === undefined ? 'NOT_FOUND' : isRefused ? 'UNSUPPORTED' : undefined)
    if (exported === undefined || isRefused) continue
    // The older archives have no place for attestations.
    const isToBeTold = (code: string) => code === 'NO_IMAGE' || (code === 'LEFT_OUT' && format !== 'docker')
    expect(codes(warnings).filter((code) => !isToBeTold(code))).toEqual([])
    const to = await places.next()
    await convert(archive, to)
    if (format === 'docker') await assertLayout(to, { ...all, entries: asDocker(all.entries, model.blobs) }, model)
    else expect(await idsIn(to)).toEqual(exported.ids)
  }
})

holds('what is chosen comes with what is about it', async (source, places, number) => {
  const model = modelOf(source)
  const { file } = await places.doorsOf(source)
  const at = number % model.offers.length
  const chosen = model.offers[at] ?? []
  await assertTaken(
    file,
    { images: [`@${at}`] },
    { taken: withAbout({ chosen: [chosen], wanted: [chosen] }, model), model, places },
  )
  const named = chosen.filter((entry) => fullNameOf(entry) !== undefined)
  const one = named[number % Math.max(1, named.length)]
  if (one !== undefined) {
    const name = fullNameOf(one) ?? ''
    const taken = withAbout({ chosen: [[one]], wanted: [chosen] }, model)
    const spelled = number % 2 === 0 ? name : familiar(name)
    await assertTaken(file, { images: [spelled] }, { taken, model, places })
  }
  const root = chosen[0] as Descriptor
  const children = within(root, model.blobs).filter(({ mediaType }) => mediaType.includes('manifest'))
  const child = children[number % Math.max(1, children.length)]
  if (child === undefined || !isOnce(child, model)) return
  const pointed = child.digest === root.digest ? chosen : pointing(chosen, child)
  const taken = withAbout(
    { chosen: [pointed], wanted: child.digest === root.digest ? [chosen] : [pointed], from: [chosen] },
    model,
  )
  await assertTaken(file, { images: [child.digest.slice(number % 2 === 0 ? 0 : 7)] }, { taken, model, places })
})

holds('platforms are what remains', async (source, places, number) => {
  const model = modelOf(source)
  const { file } = await places.doorsOf(source)
  const platform = WANTED[number % WANTED.length] ?? ''
  const at = number % model.offers.length
  const chosen = [model.offers[at] ?? []]
  await assertTaken(
    file,
    { platforms: [platform] },
    { taken: ofPlatform(model.offers, platform, model), model, places },
  )
  await assertTaken(
    file,
    { platforms: [platform], images: [`@${at}`] },
    { taken: ofPlatform(chosen, platform, model), model, places },
  )
  const several = [platform, 'linux/amd64'].filter((one, index, all) => all.indexOf(one) === index)
  if (several.length < 2) return
  const taken = ofPlatforms(chosen, several, model)
  await assertTaken(file, { platforms: several, images: [`@${at}`] }, { taken, model, places })
})

holds('what refers to an image follows where its layers change', async (source, places, number) => {
  const model = modelOf(source)
  const { file } = await places.doorsOf(source)
  const layers = (['gzip', 'zstd', 'uncompressed'] as const)[number % 3] ?? 'gzip'
  const to = await places.next()
  const { warnings } = await convert(file, to, { layers })
  const now = await readLayout(to)
  const was = asAdded(model.manifests)
  const digests = followed({ entries: was.entries, blobs: model.blobs }, now, layers)
  const orphaned = [...digests].flatMap(([before, after]) => {
    const subject = documentOf({ digest: before }, model.blobs).subject?.digest ?? ''
    return digests.has(subject) && digests.get(subject) !== subject ? [`ORPHANED_SUBJECT ${before}`] : [after].slice(1)
  })
  expect(told(warnings).sort()).toEqual([...was.taken.map((name) => `REF_NAME_TAKEN ${name}`), ...orphaned].sort())
  expect(new Set(now.blobs.keys())).toEqual(takenBlobs({ documents: new Set(digests.values()) }, now.blobs))
  // Again, and it is as it is.
  const files = await filesOf(to)
  await convert(file, to, { layers })
  expect(await filesOf(to)).toEqual(files)
})

holds('a new name takes the place of others', async (source, places, number) => {
  const model = modelOf(source)
  const { file } = await places.doorsOf(source)
  const at = number % model.offers.length
  const chosen = model.offers[at] ?? []
  const { entries } = withAbout({ chosen: [chosen], wanted: [chosen] }, model)
  const about = entries.filter((entry) => !chosen.includes(entry))
  const to = await places.next()
  await convert(file, to, { images: [`@${at}`], tags: ['new:1'] })
  const now = (await readLayout(to)).entries
  const renamed = now.filter(
    ({ annotations }) => annotations?.['io.containerd.image.name'] === 'docker.io/library/new:1',
  )
  expect(renamed.map(({ digest }) => digest)).toEqual(chosen.slice(0, 1).map(({ digest }) => digest))
  expect(new Set(now.filter((one) => !renamed.includes(one)))).toEqual(new Set(asAdded(about).entries))
})

test('a layout holds what was added to it, once', { timeout: LIMIT }, async () => {
  const property = fc.asyncProperty(recipe, recipe, async (first, second) => {
    await using places = new Places()
    const [a, b] = [sourceOf(first), sourceOf(second)]
    const [one, other] = [modelOf(a), modelOf(b)]
    const to = await places.next()
    await convert((await places.doorsOf(a)).file, to)
    await convert((await places.doorsOf(a)).directory, to)
    await assertLayout(to, everything(one), one)
    const before = await readLayout(to)
    const { file } = await places.doorsOf(b)
    const { warnings } = await convert(file, to)
    const now = await readLayout(to)
    const expected = merged(before.entries, other, now.blobs)
    expect(now.entries.map(short).sort()).toEqual(expected.entries.map(short).sort())
    const moved = told(warnings).filter((text) => text.startsWith('NAME_MOVED'))
    expect(moved.sort()).toEqual(expected.moved.map((name) => `NAME_MOVED ${name}`).sort())
    expect(codes(warnings).filter((code) => code !== 'NAME_MOVED' && code !== 'REF_NAME_TAKEN')).toEqual([])
    for (const digest of takenBlobs(everything(other), other.blobs)) expect(now.blobs.has(digest)).toBe(true)
    const files = await filesOf(to)
    await convert(file, to)
    expect(await filesOf(to)).toEqual(files)
  })
  await fc.assert(property, RUNS)
})

/** True of a manifest that one offer alone has. */
function isOnce({ digest }: Descriptor, { offers, blobs }: Model): boolean {
  const having = offers.filter(
    ([root]) => root !== undefined && within(root, blobs).some((one) => one.digest === digest),
  )
  return having.length === 1
}
