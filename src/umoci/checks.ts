import { ImageError } from '../spec/errors.js'
import type { Call } from './command.js'
import type { GivenFlags } from './flags.js'

/** An image as `--image` names it. */
interface NamedImage {
  path: string
  tag: string
}

/** Returns the image of `--image`; without a tag it is `latest`. @throws ImageError USAGE */
export function imageOf(flags: GivenFlags): NamedImage {
  const given = flags.text('image')
  if (given === undefined) throw wrong('missing mandatory argument: --image')
  const end = given.indexOf(':')
  const [path, tag] = end < 0 ? [given, 'latest'] : [given.slice(0, end), given.slice(end + 1)]
  if (path === '') throw wrong('invalid --image: path is empty')
  if (!isTag(tag)) throw wrong(`invalid --image: tag contains invalid characters: ${JSON.stringify(tag)}`)
  return { path, tag }
}

/** Returns the path of `--layout`. @throws ImageError USAGE */
export function layoutOf(flags: GivenFlags): string {
  const path = flags.text('layout')
  if (path === undefined) throw wrong('missing mandatory argument: --layout')
  if (path.includes(':')) throw wrong(`invalid --layout: path contains ':' character: ${JSON.stringify(path)}`)
  if (path === '') throw wrong('invalid --layout: path is empty')
  return path
}

/** Refuses an image that is not named well. */
export function needsImage({ flags }: Call): void {
  imageOf(flags)
}

/** Refuses a layout that is not named well. */
export function needsLayout({ flags }: Call): void {
  layoutOf(flags)
}

/** Refuses arguments where there are to be none. */
export function takesNoArguments({ args }: Call): void {
  if (args.length > 0) throw wrong('invalid number of positional arguments: expected none')
}

/** Makes a check for exactly one argument, which must not be empty. */
export function takesOneArgument(syntax: string, ifEmpty: string): (call: Call) => void {
  return ({ args: [first, ...others] }) => {
    if (first === undefined || others.length > 0) {
      throw wrong(`invalid number of positional arguments: expected ${syntax}`)
    }
    if (first === '') throw wrong(ifEmpty)
  }
}

/** Refuses a new tag that is none. */
export function takesNewTag(call: Call): void {
  takesOneArgument('<new-tag>', 'new tag cannot be empty')(call)
  if (!isTag(firstOf(call))) throw wrong('new tag is an invalid reference')
}

/** Refuses arguments that are not as many as `insert` takes: a source and a target, or one to remove. */
export function takesSourceAndTarget({ flags, args }: Call): void {
  const count = flags.has('whiteout') ? 1 : 2
  if (args.length !== count) throw wrong(`invalid number of positional arguments: expected ${count}`)
  const empty = args.indexOf('')
  if (empty >= 0) throw wrong(`invalid positional argument ${empty}: arguments cannot be empty`)
}

/** Refuses a `--tag` that is none. */
export function checkTag({ flags }: Call): void {
  const tag = flags.text('tag')
  if (tag !== undefined && !isTag(tag)) {
    throw wrong(`invalid --tag: tag contains invalid characters: ${JSON.stringify(tag)}`)
  }
}

/** Refuses values for a history entry that is not wanted. */
export function checkHistory({ flags }: Call): void {
  if (!flags.isOn('no-history')) return
  const clash = ['author', 'comment', 'created', 'created_by'].find((name) => flags.has(`history.${name}`))
  if (clash !== undefined) throw wrong(`--no-history and --history.${clash} may not be specified together`)
}

/** Refuses an algorithm that is unknown. */
export function checkCompress({ flags }: Call): void {
  const name = flags.text('compress') ?? 'auto'
  if (['auto', 'none', '', 'gzip', 'zstd'].includes(name)) return
  throw wrong(`invalid --compress: unknown layer compression type ${JSON.stringify(name)}`)
}

/** Refuses the empty paths of a manifest to validate, or of its root. */
export function checkManifestAndPath({ flags }: Call): void {
  for (const name of ['manifest', 'path']) {
    if (flags.text(name) === '') throw wrong(`--${name} must be a valid path`)
  }
}

/** Returns the first argument, which a check has found. */
export function firstOf({ args: [first = ''] }: Call): string {
  return first
}

function wrong(problem: string): ImageError {
  return new ImageError('USAGE', problem)
}

/** True for a reference of the OCI image layout (image-spec, annotations.md, ref.name). */
function isTag(text: string): boolean {
  return text.split('/').every((component) => COMPONENT.test(component))
}

const COMPONENT = /^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*$/
