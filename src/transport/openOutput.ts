import { lstatSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { existsAlready, openFileOutput } from '../archive/output/fileOutput.js'
import type { Output } from '../archive/output/output.js'
import { openStreamOutput } from '../archive/output/streamOutput.js'
import { type ByteSink, callerSink } from '../io/callerSink.js'
import { openDescriptor, openDevice, openFifo } from '../io/fifo.js'
import { kindOf } from '../io/smallFile.js'
import { attempt, ImageError } from '../spec/errors.js'
import { compressionOf } from './endings.js'
import { descriptorIn, isStandardOutput, type Place } from './places.js'

/** Options for opening the place of an archive. */
export interface OutputOptions {
  /** True if an existing file may be replaced. */
  force: boolean
  jobs: number
  /** For a caller's stream: true to end it with the archive. */
  end?: boolean | undefined
  signal?: AbortSignal
}

/**
 * Opens a place for writing: standard output, a file, or a pipe or device. Never follows a link: with force the link
 * itself is replaced, like a file, and its target stays as it is.
 * @throws ImageError EXISTS, UNSAFE, SYSTEM; USAGE if standard output is a terminal
 */
export async function openOutput(to: Place | ByteSink, options: OutputOptions): Promise<Output> {
  const { end, signal } = options
  const stopping = signal === undefined ? {} : { signal }
  const direct = { keepsChunks: false, ...stopping }
  if (!('transport' in to)) return openStreamOutput(callerSink(to, { end, ...stopping }), { ...direct, ends: true })
  const { path } = to
  if (isStandardOutput(path)) return openStreamOutput(standardOutput(), direct)
  const stream = await openStream(path, signal)
  return stream === undefined ? openFile(path, options) : openStreamOutput(stream, { ...direct, ends: true })
}

function standardOutput(): Writable {
  if (!process.stdout.isTTY) return process.stdout
  throw new ImageError('USAGE', 'an archive cannot be written to a terminal', {
    hint: 'name a file, or send it on through a pipe',
  })
}

/** Opens a descriptor, pipe or device if the path names one; else returns undefined. */
async function openStream(path: string, signal: AbortSignal | undefined): Promise<Writable | undefined> {
  const descriptor = descriptorIn(path)
  if (descriptor !== undefined) return openDescriptor(descriptor, path)
  const found = look(path)
  if (found?.isFIFO() === true) {
    assertNotPlanted(path, found)
    return openFifo(path, signal)
  }
  if (found?.isCharacterDevice() === true) return openDevice(path)
  return undefined
}

function openFile(path: string, { force, jobs, signal }: OutputOptions): Promise<Output> {
  const found = look(path)
  if (found !== undefined) assertReplaceable(path, found, force)
  const stopping = signal === undefined ? {} : { signal }
  const written = { compression: compressionOf(path) ?? 'none', force, jobs, ...modeOf(found), ...stopping }
  return attempt(`open ${path}`, () => openFileOutput(path, written))
}

/** @throws ImageError unless a file may replace what is there */
function assertReplaceable(path: string, found: Stats, force: boolean): void {
  if (found.isSymbolicLink()) assertNotPlanted(path, found)
  const target = found.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : found
  if (target !== undefined && !target.isFile()) throw notReplaceable(path, kindOf(target))
  if (!force) throw existsAlready(path)
}

/**
 * Refuses a link or pipe that another user put in a directory that everybody may write to: that user chose the name to
 * make us act for him. Does so even where the system would allow it (proc(5), protected_symlinks).
 * @throws ImageError UNSAFE
 */
export function assertNotPlanted(path: string, found: Stats): void {
  if ((statSync(dirname(path)).mode & 0o002) === 0 || found.uid === process.geteuid?.()) return
  const what = `the destination is ${kindOf(found)} of another user in a directory that everybody may write to`
  throw new ImageError('UNSAFE', what, { where: path, hint: 'choose another path' })
}

function notReplaceable(where: string, found: string): ImageError {
  const hint =
    found === 'a directory'
      ? `choose another path, or oci:${where} for a layout`
      : 'choose another path: it is never written to'
  return new ImageError('EXISTS', `the destination is ${found}`, { where, hint })
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

/**
 * Returns the permissions of a replaced file. If another user chose them, they may only be stricter than those of a new
 * file.
 */
function modeOf(found: Stats | undefined): { mode?: number } {
  if (found?.isFile() !== true) return {}
  return { mode: found.mode & (found.uid === process.geteuid?.() ? 0o777 : NEW_FILE & ~process.umask()) }
}

/** Permissions of a new file, before the umask. */
const NEW_FILE = 0o644
