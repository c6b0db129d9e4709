import { byBytes } from '../../spec/json/canonical.js'
import type { Descriptor, ImageConfig, Manifest } from '../../spec/parse.js'
import { goTime } from '../../spec/time.js'
import { columns, goQuote, humanSize, quotedIfOdd, quotedValue } from './goText.js'
import { hexLines } from './hexLines.js'
import type { ImageStat, StatDocument, StatStep } from './imageStat.js'

/** Prints an image's documents and history for people, as umoci's `stat` does. */
export function printStat({ manifest, config, history }: ImageStat): string {
  const lines = [
    '== MANIFEST ==',
    ...manifestLines(manifest.document, manifest.descriptor),
    ...(config === undefined ? [] : ['', '== CONFIG ==', ...configLines(config)]),
    ...(history === undefined ? [] : ['', '== HISTORY ==', ...historyLines(history)]),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function configLines({ document, descriptor }: StatDocument<ImageConfig | undefined>): string[] {
  return [...(document === undefined ? [] : imageLines(document)), ...descriptorLines(descriptor)]
}

function manifestLines(manifest: Manifest, descriptor: Descriptor): string[] {
  const { schemaVersion = 0, mediaType = '', artifactType, config, layers, subject, annotations } = manifest
  return [
    line('Schema Version', `${schemaVersion}`),
    line('Media Type', mediaType),
    ...unlessEmpty('Artifact Type', artifactType),
    'Config:',
    ...indented(descriptorLines(config)),
    ...(layers.length === 0 ? [] : ['Layers:', ...indented(layers.flatMap(descriptorLines))]),
    ...(subject === undefined ? [] : ['Subject:', ...indented(descriptorLines(subject))]),
    ...mapLines('Annotations', annotations),
    ...descriptorLines(descriptor),
  ]
}

function descriptorLines(descriptor: Descriptor): string[] {
  const { mediaType, artifactType, digest, size, platform, urls, annotations, data } = descriptor
  return [
    'Descriptor:',
    ...indented([
      line('Media Type', mediaType),
      ...unlessEmpty('Artifact Type', artifactType),
      line('Digest', digest),
      line('Size', humanSize(size)),
    ]),
    // umoci prints this block without its indentation.
    ...(platform === undefined ? [] : platformLines(platform)),
    ...indented([
      ...((urls ?? []).length === 0 ? [] : listLines('URLs', urls ?? [])),
      ...mapLines('Annotations', annotations),
      ...dataLines(data),
    ]),
  ]
}

function dataLines(data = ''): string[] {
  const bytes = Buffer.from(data, 'base64')
  return bytes.length === 0 ? [] : [`Data: (${bytes.length} bytes)`, ...indented(hexLines(bytes))]
}

interface StatedPlatform {
  os?: string | null
  architecture?: string | null
  variant?: string | null
  'os.version'?: string | null
  'os.features'?: readonly (string | null)[] | null
}

function platformLines({ os, architecture, variant, ...system }: StatedPlatform): string[] {
  const { 'os.version': version, 'os.features': features } = system
  const suffix = variant == null || variant === '' ? '' : ` (${quotedIfOdd(variant)})`
  return [
    'Platform:',
    ...indented([
      line('OS', os ?? ''),
      ...unlessEmpty('OS Version', version),
      ...((features ?? []).length === 0 ? [] : [line('OS Features', ...(features ?? []).map((one) => one ?? ''))]),
      `Architecture: ${quotedValue(architecture ?? '')}${suffix}`,
    ]),
  ]
}

function imageLines(image: ImageConfig): string[] {
  const { created, author } = image
  return [
    ...(created == null ? [] : [line('Created', goTime(created) ?? created)]),
    line('Author', author ?? ''),
    ...platformLines(image),
    'Image Config:',
    ...indented(runLines(image.config ?? {})),
  ]
}

function runLines(config: NonNullable<ImageConfig['config']>): string[] {
  const { User, ArgsEscaped, Entrypoint, Cmd, WorkingDir, Env, StopSignal, ExposedPorts, Volumes, Labels } = config
  const escaped = ArgsEscaped === true ? ' (escaped)' : ''
  const [entrypoint, variables] = [wordsIn(Entrypoint), wordsIn(Env)]
  return [
    line('User', User ?? ''),
    ...(entrypoint.length === 0 ? [] : listLines(`Entrypoint${escaped}`, entrypoint)),
    ...listLines(`Command${escaped}`, wordsIn(Cmd)),
    ...unlessEmpty('Working Directory', WorkingDir),
    ...(variables.length === 0 ? [] : listLines('Environment', variables)),
    ...unlessEmpty('Stop Signal', StopSignal),
    ...setLines('Exposed Ports', ExposedPorts),
    ...setLines('Volumes', Volumes),
    ...mapLines('Labels', Labels),
  ]
}

/** Docker's strslice: a single word may stand for a list of one. */
function wordsIn(words: string | readonly (string | null)[] | null | undefined): string[] {
  return [words ?? []].flat().map((word) => word ?? '')
}

function historyLines(history: readonly StatStep[]): string[] {
  return columns([
    ['LAYER', 'CREATED', 'CREATED BY', 'SIZE', 'COMMENT'],
    ...history.map(({ layer, isEmpty, step }) => {
      const none = isEmpty ? '<none>' : '<missing>'
      const created = step.created == null ? '<none>' : quotedIfOdd(goTime(step.created) ?? step.created)
      return [
        layer?.digest ?? none,
        created,
        quotedIfOdd(step.created_by ?? ''),
        layer === undefined ? none : humanSize(layer.size),
        quotedIfOdd(step.comment ?? ''),
      ]
    }),
  ])
}

function line(key: string, ...values: string[]): string {
  return `${key}: ${values.map((value) => (value.includes(',') ? goQuote(value) : quotedValue(value))).join(', ')}`
}

function unlessEmpty(key: string, value: string | null | undefined): string[] {
  return value == null || value === '' ? [] : [line(key, value)]
}

function listLines(key: string, values: readonly string[]): string[] {
  return values.length === 0 ? [line(key, '(empty)')] : [`${key}:`, ...indented(values.map(quotedValue))]
}

type Fields = Readonly<Record<string, unknown>> | null | undefined

function mapLines(key: string, values: Fields): string[] {
  const names = Object.keys(values ?? {}).sort(byBytes)
  if (names.length === 0) return []
  return [`${key}:`, ...indented(names.map((name) => line(quotedValue(name), `${values?.[name] ?? ''}`)))]
}

function setLines(key: string, values: Fields): string[] {
  const names = Object.keys(values ?? {}).sort(byBytes)
  return names.length === 0 ? [] : [line(key, ...names)]
}

function indented(lines: readonly string[]): string[] {
  return lines.map((one) => `\t${one}`)
}
