import type { Inspection } from '../commands/inspect.js'
import type { Described, DescribedHistory, DescribedLayer } from '../image/describe/described.js'
import type { Verified } from '../image/describe/faults.js'
import { cutShort } from '../spec/cut.js'
import { shortDigest } from '../spec/digest.js'
import { isForeignLayer } from '../spec/mediaTypes.js'
import { oneLine, oneShortLine } from './harmless.js'
import { Referrers, type Shown } from './referrers.js'
import { table } from './table.js'
import { printBytes } from './units.js'
import { listWarnings } from './warningLines.js'

/** Stands for unknown values. */
const UNKNOWN = '–'

/** Prints an inspection for people. */
export function printInspection(source: string, inspection: Inspection): string {
  const { format, writer, compression, images, verified, warnings } = inspection
  const artifacts = images.filter(({ kind }) => kind === 'artifact' || kind === 'attestation').length
  const facts = [
    ['format', compression === null ? format : `${format}, compressed with ${compression}`],
    ['writer', writer === null ? UNKNOWN : `likely ${writer}`],
    ['images', `${images.length - artifacts}`],
    ...(artifacts === 0 ? [] : [['artifacts', `${artifacts}`]]),
    ['verified', verified === null ? 'nothing; --full reads the layers and checks them' : printVerified(verified)],
  ]
  const oddities = listWarnings(warnings)
  return [
    oneShortLine(source),
    ...table(facts),
    ...printAll(new Referrers(images)),
    ...(oddities.length === 0 ? [] : ['', 'what is odd', ...oddities]),
    '',
  ].join('\n')
}

function printVerified({ layers, images, faults }: Verified): string {
  const found = faults === 0 ? [] : [counted(faults, 'fault')]
  return [counted(layers, 'layer'), counted(images, 'image'), ...found].join(', ')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function printAll(referrers: Referrers): string[] {
  const lines: string[] = []
  for (const listed of referrers.take()) lines.push('', ...printImage(listed, referrers))
  return lines
}

function printImage({ image, at, depth }: Shown, referrers: Referrers): string[] {
  const names = image.names.map((name) => oneShortLine(name))
  const title = `@${at} ${names.length === 0 ? '<untagged>' : names.join(', ')}`
  const content =
    image.kind === 'index'
      ? image.manifests.flatMap((manifest) => printListed(manifest, { referrers, depth }))
      : printLayers(image)
  return [title, ...table(factsOf(image)), ...content, ...printBelow(image.digest, { referrers, depth })]
}

/** The referrers yet to print, and the depth at which this image stands. */
interface Tree {
  referrers: Referrers
  depth: number
}

/** Prints the referrers of an image below it. */
function printBelow(digest: string | null, { referrers, depth }: Tree): string[] {
  return referrers
    .takeBelow(digest, depth)
    .flatMap((listed) => printImage(listed, referrers).map((line) => `  ${line}`))
}

/** Prints an image that an index lists. */
function printListed(manifest: Described, tree: Tree): string[] {
  const { kind, about, platform, present, digest, manifests } = manifest
  const what = kind === 'attestation' ? `attestation of ${shortDigest(about ?? UNKNOWN)}` : (platform ?? kind)
  const title = `  ${oneShortLine(what)}${present ? '' : ', not in the source'}`
  if (!present || kind === 'attestation') return [`${title}  ${oneLine(digest ?? UNKNOWN)}`]
  const nested = manifests.flatMap((each) => printListed(each, tree))
  const content = [...table(factsOf(manifest)), ...printLayers(manifest), ...nested, ...printBelow(digest, tree)]
  return [title, ...content.map((line) => `  ${line}`)]
}

function factsOf(image: Described): string[][] {
  const { kind, digest, mediaType, platform, config, created, author, artifactType, about, problem } = image
  const facts: [name: string, value: string | null, most?: number][] = [
    [kind === 'index' ? 'index' : 'manifest', digest],
    ['media type', mediaType],
  ]
  if (kind === 'image') facts.push(['image ID', config], ['platform', platform], ['created', created])
  if (kind === 'artifact') facts.push(['artifact', artifactType])
  if (problem !== null) facts.push(['broken', problem, MOST_OF_MUCH])
  if (about !== null) facts.push(['about', about])
  if (author !== null) facts.push(['author', author])
  for (const [name, value] of Object.entries(image.runs ?? {})) {
    if (typeof value === 'string') facts.push([name, value])
    else facts.push([name, JSON.stringify(value, cutTexts), MOST_OF_MUCH])
  }
  return facts.map(([name, value, most]) => [oneShortLine(name), oneShortLine(value ?? UNKNOWN, most)])
}

/** The most characters of a cell that joins several texts. */
const MOST_OF_MUCH = 1000

/** A JSON replacer that cuts long texts, so that one label leaves room for the others. */
function cutTexts(_: string, value: unknown): unknown {
  return typeof value === 'string' ? cutShort(value) : value
}

/** Prints history steps beside the layers that they made, and then the layers that the history does not mention. */
function printLayers({ layers, history }: Described): string[] {
  if (layers.length + history.length === 0) return []
  const told = new Set(history.map(({ layer }) => layer))
  const rows = [
    ...history.map((step) => row(step.layer === null ? undefined : layers[step.layer], step)),
    ...layers.filter((_, at) => !told.has(at)).map((layer) => row(layer, undefined)),
  ]
  let next = 0
  const numbered = rows.map(([isLayer, ...cells]) => [isLayer === '' ? '' : `${next++}`, ...cells])
  return table([['layer', 'size', 'media type', 'diffID', 'made by'], ...numbered])
}

function row(layer: DescribedLayer | undefined, step: DescribedHistory | undefined): string[] {
  const told = [step?.createdBy, step?.comment].filter((text) => text != null && text !== '')
  const by = oneShortLine(told.join(' # '), MOST_OF_MUCH)
  if (layer === undefined) return ['', '', '', '', by]
  const size = layer.size === null ? UNKNOWN : printBytes(layer.size)
  const type = layer.mediaType ?? (layer.compression === null ? UNKNOWN : `compressed with ${layer.compression}`)
  return [
    'layer',
    layer.present ? size : isForeignLayer(layer.mediaType ?? '') ? `${size}, elsewhere` : 'missing',
    oneShortLine(type.replace('application/vnd.', '')),
    layer.diffID === null ? UNKNOWN : oneShortLine(shortDigest(layer.diffID)),
    by,
  ]
}
