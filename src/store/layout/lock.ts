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

/** After how long without a sign of its owner a lock is broken, in milliseconds. */
const SILENCE = 30_000

/** How often the owner of a lock shows that it lives, in milliseconds: by writing its record once more. */
const BEAT = 5_000

/** How long is waited for a lock in all, in milliseconds, however many have it in turn. Each holds it for far less. */
const PATIENCE = 10 * 60 * 1000

/** A lock that is held. */
export interface Lock extends AsyncDisposable {
  /** False once somebody took the lock to be abandoned. */
  isHeld(): boolean
  /** @throws ImageError SYSTEM if somebody took the lock to be abandoned */
  assertHeld(): Promise<void>
}

/** How a lock is waited for. */
export interface LockOptions {
  /** For messages: the lock's path as the user knows it. */
  where?: string
  /** Ends the wait. */
  signal?: AbortSignal
  /** In milliseconds, instead of the usual. */
  silence?: number
  patience?: number
  beat?: number
}

/**
 * Waits for a lock file and takes it. Node has no flock, so the file names its owner; the lock of an owner that is
 * provably gone is broken, and that of one which shows no sign of life any more.
 * @throws ImageError UNSAFE if something else is in its place, SYSTEM if it does not come free
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
  // To the file that is open, whatever has its name by now. It fails on a disk that is full of something else.
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

/** True if what has the lock's name is this very file; what cannot be told is no. */
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
    // Another machine on a shared volume sees it only then.
    fsyncSync(file)
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

/**
 * Removes the lock of an owner that is gone. Several processes may find it so at once, and one of them may already have
 * taken the lock anew: so the right to remove this very lock is a file named after its content, which only one can make.
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
  /** True if nothing was seen of the owner for long. */
  isSilent: boolean
}

/**
 * True of the lock of a process that is seen to be gone. One that is empty was just made, or its maker was killed at
 * that moment: only time tells.
 * @throws ImageError UNSAFE for what is no lock of ours
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

/** The descriptor of a new file with this content; undefined if the name is taken. */
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
    // Somebody else did.
    if (!isSystemError(error, 'ENOENT')) throw error
  }
}

function staysLocked(where: string, patience: number): ImageError {
  return new ImageError('SYSTEM', `locked by other commands for ${Math.round(patience / 1000)} seconds`, {
    where,
    hint: 'wait until they are done; if there are none, remove it',
  })
}
