import { listShort, quoted } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { goTime } from '../spec/time.js'

/** Changes to an image. What is undefined stays; an empty text or list removes the field. */
export interface ConfigChanges {
  /** User that runs the process: a name or a number, also `user:group`. */
  user?: string | undefined
  /** Further ports that the image listens on, as `80/tcp`. */
  exposedPorts?: readonly string[] | undefined
  /** Variables of the environment, as `NAME=value`. One that is there changes in place. */
  env?: readonly string[] | undefined
  /** The command and its first arguments, replacing those that are there. */
  entrypoint?: readonly string[] | undefined
  /** Arguments for the entrypoint, or the command if there is none; replaces those that are there. */
  cmd?: readonly string[] | undefined
  /** Further directories with data of their own. */
  volumes?: readonly string[] | undefined
  /** Labels, as `name=value`. */
  labels?: readonly string[] | undefined
  /** Directory in which the process starts. */
  workingDir?: string | undefined
  /** Signal that stops the process, as `SIGTERM`. */
  stopSignal?: string | undefined
  /** Time of the image's creation (RFC 3339). */
  created?: string | undefined
  author?: string | undefined
  os?: string | undefined
  architecture?: string | undefined
  /** Variant of the architecture. */
  variant?: string | undefined
  /** Annotations of the manifest, as `name=value`. */
  annotations?: readonly string[] | undefined
  /** What to remove before anything is set: see {@link CLEARABLE}. */
  clear?: readonly string[] | undefined
}

/** The values of `clear`, and the field that each removes: of the config, or of the manifest. */
export const CLEARABLE: ReadonlyMap<string, string> = new Map([
  ['config.labels', 'Labels'],
  ['manifest.annotations', 'annotations'],
  ['config.exposedports', 'ExposedPorts'],
  ['config.env', 'Env'],
  ['config.volume', 'Volumes'],
  ['config.cmd', 'Cmd'],
  ['config.entrypoint', 'Entrypoint'],
])

/** @throws ImageError USAGE unless every value can be written */
export function assertChanges({ env = [], labels = [], annotations = [], clear = [], created }: ConfigChanges): void {
  for (const pair of [...env, ...labels, ...annotations]) pairOf(pair)
  if (created !== undefined) timeOf('created', created)
  for (const key of clear) {
    if (CLEARABLE.has(key)) continue
    const problem = key === 'rootfs.diffids' ? 'to clear the diffIDs is not safe' : 'unknown key to clear'
    throw new ImageError('USAGE', problem, { expected: listShort([...CLEARABLE.keys()], 10), found: quoted(key) })
  }
}

/** Returns name and value of `name=value`. @throws ImageError USAGE */
export function pairOf(text: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new ImageError('USAGE', 'a name and a value', { expected: 'NAME=VALUE', found: quoted(text) })
}

/** Returns a time as Go prints it. @throws ImageError USAGE */
export function timeOf(what: string, text: string): string {
  const time = goTime(text)
  if (time !== undefined) return time
  throw new ImageError('USAGE', what, { expected: 'a time like 2006-01-02T15:04:05Z', found: quoted(text) })
}
