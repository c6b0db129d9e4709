import { statSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import type { Context } from '../bytes/context.js'
import type { ByteSink } from '../io/callerSink.js'
import type { ArchiveFormat } from '../spec/archiveFormat.js'
import { ImageError, isSystemError } from '../spec/errors.js'
import type { PlatformName } from '../spec/platform.js'
import { epochIn } from '../spec/time.js'
import { openArchiveDestination } from '../transport/archiveDestination.js'
import type { Destination } from '../transport/destination.js'
import { isPlace } from '../transport/endpoints.js'
import { openLayoutDestination } from '../transport/layoutDestination.js'
import { isArchivePlace, type Place, type Transport } from '../transport/places.js'
import type { ConvertOptions } from './options.js'

/** The options that say how a destination is written. */
type DestinationOptions = Pick<
  ConvertOptions,
  'signal' | 'end' | 'force' | 'replace' | 'format' | 'uname' | 'typeBits' | 'timeZone'
>

/** How a destination is written, and what is written there. */
interface Opening {
  options: DestinationOptions
  context: Context
  /** The repository of the source's bare tags. */
  repository: string | undefined
  platforms: readonly PlatformName[]
  /** True if the user named the images. */
  isNamed: boolean
}

/** Opens a destination of any kind. */
export function openDestination(
  to: Place | ByteSink,
  { options, context, repository, platforms, isNamed }: Opening,
): Promise<Destination> {
  const { signal, end, force = false, replace = true, uname = '', typeBits = true, timeZone = 'UTC' } = options
  const format = archiveFormatOf(to, options)
  const stopping = signal === undefined ? {} : { signal }
  if (format === undefined) return openLayoutDestination((to as Place).path, { context, replace, ...stopping })
  const exporting = {
    format,
    headers: { uname, typeBits },
    epoch: epochIn(timeZone),
    platforms,
    isNamed,
  }
  return openArchiveDestination(to, { context, repository, end, force, exporting, ...stopping })
}

/** Formats allowed with the prefix of a place. An archive in the format docker is an OCI layout, too. */
const FORMATS_OF: Record<Transport, readonly ArchiveFormat[]> = {
  oci: [],
  'docker-archive': ['docker', 'docker-25', 'docker-legacy'],
  'oci-archive': ['docker', 'oci'],
}

/** Returns the format of the archive; undefined for a layout directory. @throws ImageError USAGE */
export function archiveFormatOf(
  to: Place | ByteSink,
  { format }: Pick<ConvertOptions, 'format'>,
): ArchiveFormat | undefined {
  if (!isPlace(to)) return format ?? 'docker'
  if (!isArchivePlace(to)) return undefined
  if (format === undefined) return to.transport === 'oci-archive' ? 'oci' : 'docker'
  if (to.transport === undefined || FORMATS_OF[to.transport].includes(format)) return format
  throw new ImageError('USAGE', `${to.transport}: and the format ${format} contradict each other`, {
    hint: 'give the path alone, or another format',
  })
}

/** Refuses a destination that would replace its own source. @throws ImageError USAGE */
export async function assertDifferent(path: string, to: Place, hint?: string): Promise<void> {
  const [from, destination] = await Promise.all([existing(path), existing(to.path)])
  if (from === undefined || destination === undefined) return
  if (from !== destination && (!isArchivePlace(to) || !isWithin(destination, from)) && !isSameFile(from, destination)) {
    return
  }
  throw new ImageError('USAGE', 'source and destination are the same', {
    where: path,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** True if the archive would replace a file of the directory that it is made from. */
function isWithin(destination: string, from: string): boolean {
  return destination.startsWith(from.endsWith(sep) ? from : `${from}${sep}`)
}

/** True if two paths name the same file. */
function isSameFile(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)]
  return a.dev === b.dev && a.ino === b.ino
}

async function existing(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}
