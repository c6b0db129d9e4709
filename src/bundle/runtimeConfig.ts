import { basename } from 'node:path'
import { quoted } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { ExactNumber, type ExactObject } from '../spec/json/exact.js'
import type { ImageConfig } from '../spec/parse.js'
import type { Warn } from '../spec/warnings.js'
import { placeOf, workingDirectory } from './containerPaths.js'
import { withHome, withVariables } from './environment.js'
import { objectAt, objectsAt, setList, textAt, textsAt } from './exactFields.js'
import { exactOf } from './exactJSON.js'
import { harmlessLabels, imageAnnotations, imageArguments, imageLabels, imageVolumes } from './imageSettings.js'
import { type IdMappings, makeRootless, setIdMappings } from './rootless.js'
import { defaultRuntimeConfig, RUNTIME_VERSION } from './runtimeDefaults.js'
import { parseRuntimeTemplate, printRuntimeConfig } from './runtimeTemplate.js'
import { type ContainerUser, lookUpUser, type ReadRootfsFile } from './users.js'

/** How an image is to be run. */
export interface RuntimeOptions extends IdMappings {
  /** Path of the container's file system; only its last part is used. Without it, the config is in there. */
  rootfs?: string | undefined
  /** Reads files of the image; undefined if it is not unpacked. */
  readRootfsFile?: ReadRootfsFile | undefined
  /** Makes a config that a user without privileges can run. */
  rootless?: boolean | undefined
  /** Flags of the mount that the host's /etc/resolv.conf is on; undefined if there is no such file. */
  resolvConfFlags?: readonly string[] | undefined
  /** A config to start from instead of umoci's. What the image says is set in it, everything else stays. */
  template?: { bytes: Uint8Array; where: string } | undefined
  /** Passes labels on even if they are orders to runtimes. */
  keepLabels?: boolean | undefined
}

/**
 * Returns the content of config.json for an image, as umoci 0.6 writes it (OCI image-spec, conversion.md).
 * @throws ImageError UNSUPPORTED if a runtime cannot run it; FORMAT, NOT_FOUND or UNSAFE for settings of the image
 */
export function runtimeConfigOf(image: ImageConfig, options: RuntimeOptions, warn: Warn): string {
  assertRunnable(image)
  const { template, rootfs = '.', rootless = false } = options
  const config = template === undefined ? defaultRuntimeConfig() : parseRuntimeTemplate(template.bytes, template.where)
  if (textAt(config, 'ociVersion') === '') config.set('ociVersion', RUNTIME_VERSION)
  objectAt(config, 'root').set('path', basename(rootfs) || rootfs)
  setProcess(objectAt(config, 'process'), image, { read: options.readRootfsFile, warn })
  const labels = options.keepLabels ? imageLabels(image) : harmlessLabels(image, warn)
  const annotations = objectAt(config, 'annotations')
  for (const [name, value] of imageAnnotations(image, labels)) annotations.set(name, value)
  addVolumes(config, image, template === undefined ? 'all' : 'new')
  setIdMappings(config, options)
  if (rootless) makeRootless(config, options.resolvConfFlags, warn)
  return printRuntimeConfig(config)
}

function assertRunnable({ os, rootfs }: ImageConfig): void {
  if (rootfs === undefined) throw new ImageError('UNSUPPORTED', 'an artifact, which has no file system, cannot be run')
  if (os === 'linux') return
  throw new ImageError('UNSUPPORTED', 'only images for Linux can be run', {
    where: 'os of the image config',
    expected: 'linux',
    found: quoted(os ?? ''),
  })
}

interface Lookup {
  read: ReadRootfsFile | undefined
  warn: Warn
}

function setProcess(process: ExactObject, image: ImageConfig, lookup: Lookup): void {
  const { User, WorkingDir, Env } = image.config ?? {}
  if (WorkingDir) process.set('cwd', workingDirectory(WorkingDir))
  else if (textAt(process, 'cwd') === '') process.set('cwd', '/')
  const words = imageArguments(image)
  if (words.length > 0) process.set('args', words)
  const environment = withVariables(textsAt(process, 'env'), Env ?? [])
  // A template says who runs an image that leaves it open.
  const isOpen = !User && process.has('user')
  const user = isOpen ? undefined : userOf(User ?? '', lookup)
  setList(process, 'env', withHome(environment, user?.home ?? ''))
  if (user !== undefined) setUser(objectAt(process, 'user'), user)
}

/** Returns the user that the image names; root if the files that would tell are not there. */
function userOf(spec: string, { read, warn }: Lookup): ContainerUser {
  try {
    return lookUpUser(spec, read ?? (() => undefined))
  } catch (error) {
    if (read !== undefined || !(error instanceof ImageError) || error.code !== 'NOT_FOUND') throw error
    const message = `the user ${quoted(spec)} cannot be looked up without the image's files; the container starts as root`
    warn({ code: 'UNKNOWN_USER', message, where: 'User of the image config' })
    return { uid: 0, gid: 0, groups: [], home: '' }
  }
}

function setUser(user: ExactObject, { uid, gid, groups }: ContainerUser): void {
  user.set('uid', new ExactNumber(`${uid}`))
  user.set('gid', new ExactNumber(`${gid}`))
  setList(user, 'additionalGids', groups.map(exactOf))
}

/** Adds a mount for each volume, or for those where the config has none yet. */
function addVolumes(config: ExactObject, image: ImageConfig, which: 'all' | 'new'): void {
  const mounts = objectsAt(config, 'mounts')
  const taken = new Set(which === 'new' ? mounts.map((mount) => placeOf(textAt(mount, 'destination'))) : [])
  const volumes = imageVolumes(image).filter((path) => !taken.has(placeOf(path)))
  const options = ['rw', 'nosuid', 'nodev', 'noexec', 'relatime']
  for (const destination of volumes) {
    const mount: ExactObject = new Map(Object.entries({ destination, type: 'tmpfs', source: 'none', options }))
    mounts.push(mount)
  }
  setList(config, 'mounts', mounts)
}
