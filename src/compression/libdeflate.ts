import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A pointer, as koffi has it. */
export type Compressor = object

interface Libdeflate {
  /** Returns null if there is no memory left. */
  allocate: (level: number) => Compressor | null
  /** Returns the length of the output, 0 if there is no room for it. */
  compress: Compress
}

type Compress = (compressor: Compressor, from: Uint8Array, size: number, to: Uint8Array, room: number) => number

/** Under which names systems have the library libdeflate: Linux, macOS (also where Homebrew puts it), Windows. */
const NAMES: Record<string, string[]> = {
  darwin: ['libdeflate.0.dylib', '/opt/homebrew/lib/libdeflate.0.dylib', '/usr/local/lib/libdeflate.0.dylib'],
  win32: ['libdeflate.dll', 'deflate.dll'],
}

/** A bundler that saw it where it is loaded would want to have it, too. */
const PACKAGE = { name: 'koffi' }

/**
 * The URL of koffi, which the user installs beside us, or beside the program that we were bundled into.
 * @throws if it is not there
 */
export function whereKoffiIs(): string {
  // A bundle of CommonJS knows nothing of where it is.
  if (typeof import.meta.resolve === 'function') return import.meta.resolve(PACKAGE.name)
  return pathToFileURL(createRequire(resolve(process.argv[1] ?? '.')).resolve(PACKAGE.name)).href
}

/**
 * Returns the functions of the system's libdeflate, called through koffi.
 * @throws if either is not there
 */
export async function loadLibdeflate(koffiAt: string): Promise<Libdeflate> {
  const { default: koffi } = (await import(/* @vite-ignore */ koffiAt)) as typeof import('koffi')
  const library = firstOf(NAMES[process.platform] ?? ['libdeflate.so.0'], (name) => koffi.load(name))
  return {
    allocate: library.func('void *libdeflate_alloc_compressor(int level)'),
    compress: library.func(
      'size_t libdeflate_deflate_compress(void *compressor, const void *in, size_t size, void *out, size_t room)',
    ),
  }
}

function firstOf<Loaded>(names: readonly string[], load: (name: string) => Loaded): Loaded {
  const failures: unknown[] = []
  for (const name of names) {
    try {
      return load(name)
    } catch (error) {
      failures.push(error)
    }
  }
  throw failures[0]
}
