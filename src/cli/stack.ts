import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseJSON } from '../spec/json/parseJSON.js'

/** Where an unforeseen error was thrown, and who called that: places in the sources of this package, innermost first. */
export function stackOf(error: unknown): string[] {
  const lines = innermost(error)?.stack?.split('\n') ?? []
  return lines.flatMap((line) => {
    const [, url, row, column] = FRAME.exec(line) ?? []
    return url === undefined ? [] : [sourceOf(fileURLToPath(url), Number(row), Number(column))]
  })
}

/** A line of a stack that is about a file; what Node itself does, and a thread's program, have none. */
const FRAME = /^ {4}at .*?(file:\/\/[^\s()]+):(\d+):(\d+)\)?$/

/** Returns the error that was caught first: our errors carry it as their cause. */
function innermost(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined
  return innermost(error.cause) ?? error
}

/** The place in the source that a place in the bundle was made of; the latter, if the bundle has no map. */
function sourceOf(file: string, row: number, column: number): string {
  const found = mapOf(file)?.findEntry(row - 1, column - 1)
  if (found === undefined || !('originalSource' in found)) return `${basename(file)}:${row}:${column}`
  return `${join(dirname(file), found.originalSource).slice(ROOT.length)}:${found.originalLine + 1}`
}

/** Of the package: the bundle is in dist/cli. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const maps = new Map<string, SourceMap | undefined>()

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(`${file}.map`))
  return maps.get(file)
}

function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(parseJSON(readFileSync(path), { where: path }) as SourceMapPayload)
  } catch {
    return undefined
  }
}
