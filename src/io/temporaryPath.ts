import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { ImageError } from '../spec/errors.js'

/** Returns the directory for temporary files. @throws ImageError SYSTEM if it does not exist */
export function temporaryPath(): string {
  const path = tmpdir()
  if (existsSync(path)) return path
  const problem = 'the directory for temporary files does not exist'
  throw new ImageError('SYSTEM', problem, { where: path, hint: 'set TMPDIR to a directory that exists' })
}
