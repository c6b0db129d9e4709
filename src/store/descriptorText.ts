import { DESCRIPTOR_ORDER, PLATFORM_ORDER } from '../spec/goOrder.js'
import { jsonText } from '../spec/json/canonical.js'
import { RawObject } from '../spec/json/rawObject.js'
import type { Descriptor } from '../spec/parse.js'

/** Fields whose values are printed as a whole. */
const WHOLE = ['mediaType', 'digest', 'size', 'urls', 'data', 'artifactType'] as const

/**
 * Returns the JSON of a descriptor with the changes between two readings of it; everything else stays as it stands.
 *
 * @param text of the descriptor in its document
 * @param before what the text says
 */
export function descriptorText(text: string, before: Partial<Descriptor>, after: Descriptor): string {
  const object = RawObject.struct(text, DESCRIPTOR_ORDER)
  for (const key of WHOLE) change(object, key, [before[key], after[key]])
  changeWithin(object, 'annotations', { before: before.annotations, after: after.annotations, parse: RawObject.map })
  const parse = (platform: string) => RawObject.struct(platform, PLATFORM_ORDER)
  changeWithin(object, 'platform', { before: before.platform, after: after.platform, parse })
  return object.toString()
}

/** Prints a descriptor as Go does. */
export function printDescriptor(descriptor: Descriptor): string {
  return descriptorText('{}', {}, descriptor)
}

function change(object: RawObject, key: string, [before, after]: readonly [unknown, unknown]): void {
  const [was, is] = [before, after].map((value) => jsonText(value ?? null))
  if (was === is || is === undefined) return
  if (is === 'null') object.delete(key)
  else object.set(key, is)
}

type Fields = Readonly<Record<string, unknown>> | null | undefined

function changeWithin(
  object: RawObject,
  key: string,
  { before, after, parse }: { before: Fields; after: Fields; parse: (text: string) => RawObject },
): void {
  if (jsonText(before ?? null) === jsonText(after ?? null)) return
  const [was, is] = [new Map(Object.entries(before ?? {})), new Map(Object.entries(after ?? {}))]
  const inner = parse(object.get(key) ?? '{}')
  inner.deleteEach([...was.keys()].filter((name) => (is.get(name) ?? null) === null))
  inner.setEach(changesOf(was, is))
  if (inner.isEmpty) object.delete(key)
  else object.set(key, inner.toString())
}

/** Returns the fields that are new or different, printed. */
function changesOf(was: ReadonlyMap<string, unknown>, is: ReadonlyMap<string, unknown>): Map<string, string> {
  const changes = new Map<string, string>()
  for (const [name, value] of is) {
    const text = jsonText(value ?? null)
    if (text !== 'null' && text !== jsonText(was.get(name) ?? null)) changes.set(name, text)
  }
  return changes
}
