import { randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { digestOf, hexOf } from '../spec/digest.js'
import { ImageError, isSystemError } from '../spec/errors.js'
import { canonicalJSON } from '../spec/json.js'
import { parseProcessIdentity } from '../spec/parse.js'
import { isDead, thisProcess } from './process.js'

/** How long a lock is respected whose owner may live, in milliseconds. It is held for far less. */
const PATIENCE = 30_000

/** A lock that is held. */
export interface Lock extends AsyncDisposable {
  /** @throws ImageError SYSTEM if somebody took the lock to be abandoned */
  assertHeld(): Promise<void>
}

/**
 * Waits for a lock file and takes it. Node has no flock, so the file names its owner; the lock of an owner that is
 * provably dead is broken, any other after a time-out.
 */
export async function acquireLock(path: string, patience: number = PATIENCE): Promise<Lock> {
  const mine = canonicalJSON({ ...thisProcess(), token: randomUUID() })
  let seen: Buffer | undefined
  let until = 0
  while (!(await created(path, mine))) {
    const content = await contentOf(path)
    // Patience is with one owner: each new one starts it anew, however long the queue is.
    if (content === undefined || !seen?.equals(content)) until = Date.now() + patience
    seen = content
    if (content !== undefined) await breakAbandoned(path, content, Date.now() > until)
    await delay(10 + Math.random() * 20)
  }
  const isMine = async () => (await contentOf(path))?.equals(mine) ?? false
  return {
    assertHeld: async () => {
      if (!(await isMine())) throw new ImageError('SYSTEM', 'another process took the lock over', { where: path })
    },
    [Symbol.asyncDispose]: async () => {
      if (await isMine()) await rm(path, { force: true })
    },
  }
}

/**
 * Removes the lock of a dead owner. Several processes may find it dead at once, and one of them may already have taken
 * the lock anew: so the right to remove this very lock is a file named after its content, which only one can make.
 */
async function breakAbandoned(path: string, seen: Buffer, isOverdue: boolean): Promise<void> {
  if (!isOverdue && !isAbandoned(seen, path)) return
  const right = `${path}-${hexOf(digestOf(seen)).slice(0, 16)}`
  if (await created(right, seen)) {
    if ((await contentOf(path))?.equals(seen)) await rm(path, { force: true })
  } else if (!isOverdue) {
    return
  }
  await rm(right, { force: true })
}

function isAbandoned(content: Buffer, path: string): boolean {
  try {
    return isDead(parseProcessIdentity(content, path))
  } catch (error) {
    // Half written, or not by us: then only time tells.
    if (error instanceof ImageError) return false
    throw error
  }
}

async function created(path: string, content: Uint8Array): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' })
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  }
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}
