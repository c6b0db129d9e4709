/**
 * Under which names systems have the library libdeflate: Linux, macOS (also where Homebrew puts it), Windows.
 * @type {Record<string, string[]>}
 */
const NAMES = {
  darwin: ['libdeflate.0.dylib', '/opt/homebrew/lib/libdeflate.0.dylib', '/usr/local/lib/libdeflate.0.dylib'],
  win32: ['libdeflate.dll', 'deflate.dll'],
}

/**
 * What the system's libdeflate can do, by koffi, which the user installs beside us.
 * @throws if either is not there
 */
export async function loadLibdeflate() {
  const { default: koffi } = await import('koffi')
  const library = firstOf(NAMES[process.platform] ?? ['libdeflate.so.0'], (name) => koffi.load(name))
  return {
    allocate: library.func('void *libdeflate_alloc_compressor(int level)'),
    compress: library.func(
      'size_t libdeflate_deflate_compress(void *compressor, const void *in, size_t size, void *out, size_t room)',
    ),
  }
}

function firstOf(names, load) {
  const failures = []
  for (const name of names) {
    try {
      return load(name)
    } catch (error) {
      failures.push(error)
    }
  }
  throw failures[0]
}
