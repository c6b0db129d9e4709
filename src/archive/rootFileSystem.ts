const DIRECTORIES: ReadonlySet<string> = new Set([
  'bin',
  'boot',
  'dev',
  'etc',
  'home',
  'lib',
  'opt',
  'proc',
  'root',
  'run',
  'sbin',
  'sys',
  'usr',
  'var',
])

/** True if at least three directories of a root file system are at the top. */
export function isRootFileSystem(paths: Iterable<string>): boolean {
  const found = new Set<string>()
  for (const path of paths) {
    const slash = path.indexOf('/')
    const top = slash < 0 ? path : path.slice(0, slash)
    if (DIRECTORIES.has(top)) found.add(top)
    if (found.size === 3) return true
  }
  return false
}
