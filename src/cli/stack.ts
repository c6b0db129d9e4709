import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseJSON } from '../spec/json/parseJSON.js'

/** Returns the places in the sources of this package where an unforeseen error was thrown and called, innermost first. */
export function stackOf(error: unknown): string[] {
  const lines = innermost(error)?.stack?.split('\n') ?? []
  return lines.flatMap((line) => {
    // The message is a part of the stack, and may be anything.
    const at = line.startsWith('    at ') && line.length < LONGEST ? line.indexOf(HOME) : -1
    const [, url, row, column] = at < 0 ? [] : (PLACE.exec(line.slice(at)) ?? [])
    return url === undefined ? [] : [sourceOf(fileURLToPath(url), Number(row), Number(column))]
  })
}

/** The longest line that is read, in characters. */
const LONGEST = 1000

/** The URL of this package, whose bundle is in dist/cli. Places in other files, in Node and in threads are left out. */
const HOME = new URL('../../', import.meta.url).href

const PLACE = /^(.+):(\d+):(\d+)\)?$/

/** Returns the error that was caught first: our errors carry it as their cause. */
function innermost(error: unknown, depth = 0): Error | undefined {
  if (!(error instanceof Error)) return undefined
  return (depth < DEEPEST ? innermost(error.cause, depth + 1) : undefined) ?? error
}

/** The most causes that are followed: they may be circular. */
const DEEPEST = 20

/** Returns the place in the source for one in the bundle; the latter if the bundle has no map. */
function sourceOf(file: string, row: number, column: number): string {
  const found = mapOf(file)?.findEntry(row - 1, column - 1)
  if (found === undefined || !('originalSource' in found)) return `${basename(file)}:${row}:${column}`
  return `${join(dirname(file), found.originalSource).slice(ROOT.length)}:${found.originalLine + 1}`
}

/** The path of this package. */
const ROOT = fileURLToPath(HOME)

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
