import { randomUUID } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, lstatSync, openSync, unlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { readSmallFile, type SmallFile } from '../../io/smallFile.js'
import { digestOf, hexOf } from '../../spec/digest.js'
import { ImageError, isSystemError } from '../../spec/errors.js'
import { canonicalJSON } from '../../spec/json/canonical.js'
import { parseProcessIdentity } from '../../spec/parse.js'
import { writeFully } from '../../threads/writeFully.js'
import { RECORD_LIMIT } from './owner.js'
import { stateOf, thisProcess } from './process.js'

/** Milliseconds without a sign of its owner after which a lock is broken. */
const SILENCE = 30_000

/** Milliseconds between rewrites of a lock's record, by which its owner shows that it is alive. */
const BEAT = 5_000

/** The longest wait for a lock, in milliseconds, however many commands hold it in turn. Each holds it for far less. */
const PATIENCE = 10 * 60 * 1000

/** A lock that is held. */
export interface Lock extends AsyncDisposable {
  /** False once another process took the lock over. */
  isHeld(): boolean
  /** @throws ImageError SYSTEM if another process took the lock over */
  assertHeld(): Promise<void>
}

/** Options for waiting for a lock. */
export interface LockOptions {
  /** For messages: the lock's path as the user knows it. */
  where?: string
  /** Ends the wait. */
  signal?: AbortSignal
  /** In milliseconds, to replace the defaults. */
  silence?: number
  patience?: number
  beat?: number
}

/**
 * Waits for a lock file and takes it. Node has no flock, so the file names its owner. The lock is broken if its owner
 * is provably gone, or shows no sign of life any more.
 * @throws ImageError UNSAFE if something else has the lock's name, SYSTEM if the lock stays taken
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<Lock> {
  const { where = path, signal, silence = SILENCE, patience = PATIENCE, beat = BEAT } = options
  const mine = canonicalJSON({ ...thisProcess(), token: randomUUID() })
  const until = Date.now() + patience
  let seen: { lock: SmallFile; since: number } | undefined
  for (;;) {
    const file = created(path, mine)
    if (file !== undefined) return held(path, { file, mine, where, beat })
    const lock = readSmallFile(path, { limit: RECORD_LIMIT, where })
    seen = lock === undefined || (seen !== undefined && isSame(seen.lock, lock)) ? seen : { lock, since: Date.now() }
    if (lock !== undefined && seen !== undefined) {
      breakAbandoned(path, lock, { where, isSilent: Date.now() - seen.since >= silence })
    }
    if (Date.now() > until) throw staysLocked(where, patience)
    await delay(10 + Math.random() * 20, undefined, signal === undefined ? {} : { signal })
  }
}

interface Taken {
  file: number
  mine: Buffer
  where: string
  beat: number
}

function held(path: string, { file, mine, where, beat }: Taken): Lock {
  // Writes to the open file, whatever has its name now. Fails if other files fill the disk.
  const beating = setInterval(() => rewrite(file, mine), beat).unref()
  const isHeld = () => isMine(path, file, mine)
  return {
    isHeld,
    assertHeld: () => {
      if (isHeld()) return Promise.resolve()
      return Promise.reject(new ImageError('SYSTEM', 'another process took the lock over', { where }))
    },
    [Symbol.asyncDispose]: () => {
      clearInterval(beating)
      const wasHeld = isHeld()
      closeSync(file)
      if (wasHeld) remove(path)
      return Promise.resolve()
    },
  }
}

/** True if the lock's name belongs to this very file; false also if that cannot be found out. */
function isMine(path: string, file: number, mine: Buffer): boolean {
  try {
    const [own, found] = [fstatSync(file), lstatSync(path)]
    return own.dev === found.dev && own.ino === found.ino && contentOf(path, path)?.equals(mine) === true
  } catch (error) {
    if (error instanceof ImageError || isSystemError(error)) return false
    throw error
  }
}

function rewrite(file: number, record: Buffer): void {
  try {
    writeFully(file, record)
    // Another machine on a shared volume sees the record only after this.
    fsyncSync(file)
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

/**
 * Removes the lock of an owner that is gone. Several processes may find it abandoned at once, and one of them may have
 * taken the lock again already. So removing it needs a second file, named after the lock's content, which only one
 * process can make.
 */
function breakAbandoned(path: string, { bytes }: SmallFile, { where, isSilent }: Judgement): void {
  if (!isSilent && !isGone(bytes, where)) return
  const right = `${path}-${hexOf(digestOf(bytes)).slice(0, 16)}`
  const file = created(right, bytes)
  if (file !== undefined) {
    closeSync(file)
    if (contentOf(path, where)?.equals(bytes)) remove(path)
  } else if (!isSilent) {
    return
  }
  remove(right)
}

interface Judgement {
  where: string
  /** True if the owner showed no sign of life for long. */
  isSilent: boolean
}

/**
 * True if the lock's process is known to be gone. An empty lock was just made, or its maker was killed at that moment:
 * only time tells.
 * @throws ImageError UNSAFE if it is not a lock of ours
 */
function isGone(record: Buffer, where: string): boolean {
  if (record.length === 0) return false
  try {
    return stateOf(parseProcessIdentity(record, where)) === 'gone'
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    throw new ImageError('UNSAFE', 'not a lock of transload', {
      where,
      hint: 'remove it if no other command is at work there',
      cause: error,
    })
  }
}

function isSame(one: SmallFile, other: SmallFile): boolean {
  return one.writtenAt === other.writtenAt && one.bytes.equals(other.bytes)
}

/** Makes a file with this content and returns its descriptor; undefined if the name is taken. */
function created(path: string, content: Uint8Array): number | undefined {
  const file = opened(path)
  if (file === undefined) return undefined
  try {
    writeFully(file, content)
    return file
  } catch (error) {
    closeSync(file)
    remove(path)
    throw error
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, 'wx', 0o644)
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return undefined
    throw error
  }
}

function contentOf(path: string, where: string): Buffer | undefined {
  return readSmallFile(path, { limit: RECORD_LIMIT, where })?.bytes
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    // Another process removed it.
    if (!isSystemError(error, 'ENOENT')) throw error
  }
}

function staysLocked(where: string, patience: number): ImageError {
  return new ImageError('SYSTEM', `locked by other commands for ${Math.round(patience / 1000)} seconds`, {
    where,
    hint: 'wait until they are done; if there are none, remove it',
  })
}
