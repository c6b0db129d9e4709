import { INDEX_ORDER, MANIFEST_ORDER } from '../spec/goOrder.js'
import { jsonText } from '../spec/json/canonical.js'
import { textOf } from '../spec/json/goText.js'
import { joinItems, RawObject, rawItems } from '../spec/json/rawObject.js'
import type { Descriptor } from '../spec/parse.js'
import { descriptorText, printDescriptor } from '../store/descriptorText.js'
import type { DocumentNode } from '../store/nodes.js'
import type { ConfigChanges } from './configChanges.js'
import { setPairs } from './configText.js'
import { childNow, type NewDocuments, repointed } from './edit.js'
import type { ManifestNode } from './nodeTable.js'

/** Returns a manifest with another config, and with changed annotations; everything else stays as it stands. */
export function editedManifest(
  { bytes, document, descriptor }: ManifestNode,
  config: Pick<Descriptor, 'digest' | 'size'>,
  { annotations = [], clear = [] }: ConfigChanges,
): Buffer {
  const clears = clear.includes('manifest.annotations')
  if (document.config.digest === config.digest && annotations.length === 0 && !clears) return bytes
  const manifest = RawObject.struct(textOf(bytes), MANIFEST_ORDER)
  if (manifest.get('mediaType') === undefined) manifest.set('mediaType', jsonText(descriptor.mediaType))
  if (document.config.digest !== config.digest) setConfig(manifest, document.config, config)
  if (clears) manifest.delete('annotations')
  setPairs(manifest, 'annotations', annotations)
  return Buffer.from(manifest.toString())
}

/** Returns a manifest with further layers, and the config that names them; everything else stays as it stands. */
export function manifestWithLayers(
  manifest: ManifestNode,
  config: Pick<Descriptor, 'digest' | 'size'>,
  layers: readonly Descriptor[],
): Buffer {
  const { bytes } = manifest
  const before = rawItems(RawObject.struct(textOf(bytes), MANIFEST_ORDER).get('layers') ?? '[]')
  return manifestWith(manifest, { config, layers: [...before, ...layers.map(printDescriptor)] })
}

/** Parts of a manifest that change together. */
interface ManifestParts {
  config: Pick<Descriptor, 'digest' | 'size'>
  /** All of its layers, printed. */
  layers: readonly string[]
  /** Annotations to set, as `name=value`. */
  annotations?: readonly string[]
}

/** Returns a manifest with another config, and other layers; everything else stays as it stands. */
export function manifestWith(
  { bytes, document }: ManifestNode,
  { config, layers, annotations = [] }: ManifestParts,
): Buffer {
  const manifest = RawObject.struct(textOf(bytes), MANIFEST_ORDER)
  setConfig(manifest, document.config, config)
  manifest.set('layers', joinItems(layers))
  setPairs(manifest, 'annotations', annotations)
  return Buffer.from(manifest.toString())
}

function setConfig(manifest: RawObject, before: Descriptor, config: Pick<Descriptor, 'digest' | 'size'>): void {
  // `urls` says where to fetch the old bytes.
  const { urls: _, ...next } = repointed(before, { ...before, ...config })
  manifest.set('config', descriptorText(manifest.get('config') ?? '{}', before, next))
}

/** An index in a graph. */
type IndexNode = Extract<DocumentNode, { kind: 'index' }>

/**
 * Returns an index after documents were rewritten: what refers to them follows; everything else stays as it stands.
 *
 * @param adjust changes the descriptors of rewritten documents further
 */
export function followedIndex(
  { bytes, document }: IndexNode,
  documents: NewDocuments,
  adjust: (child: Descriptor) => Descriptor,
): Buffer {
  const index = RawObject.struct(textOf(bytes), INDEX_ORDER)
  const children = document.manifests ?? []
  const now = (child: Descriptor) => (documents.has(child.digest) ? adjust : same)(childNow(child, documents))
  const texts = rawItems(index.get('manifests') ?? '[]').map((text, at) => {
    const child = children[at]
    return child === undefined ? text : descriptorText(text, child, now(child))
  })
  const { subject } = document
  const list = joinItems(texts)
  const isSame = list === index.get('manifests') && (subject === undefined || !documents.has(subject.digest))
  if (isSame) return bytes
  index.set('manifests', list)
  if (subject !== undefined) {
    index.set('subject', descriptorText(index.get('subject') ?? '{}', subject, childNow(subject, documents)))
  }
  return Buffer.from(index.toString())
}

function same(child: Descriptor): Descriptor {
  return child
}
