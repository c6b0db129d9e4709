import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from 'vitest'

const execute = promisify(execFile)

/** Runs a program of an engine to its end. @throws if it fails, with what it printed */
export async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute(program, args, { maxBuffer: 1 << 26 })
  return stdout.trim()
}

/**
 * `test` for what needs these programs. Where one is missing, the test is skipped by name; in CI it fails, so that no
 * engine goes missing unnoticed.
 */
export function testWith(...programs: string[]): (name: string, work: () => Promise<void>) => void {
  const missing = programs.filter((program) => spawnSync('which', [program]).status !== 0)
  return (name, work) => {
    if (missing.length === 0) test(name, work)
    else if (process.env.CI === undefined) test.skip(`${name} (not installed: ${missing.join(', ')})`, work)
    else test(name, () => Promise.reject(new Error(`not installed: ${missing.join(', ')}`)))
  }
}
