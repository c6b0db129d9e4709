/** A path, or bytes that end in a NUL. */
type Path = string | Buffer

/** Functions of the C library; each returns a negative number on failure, and sets errno. */
export interface Libc {
  errno(): number
  openat(at: number, path: Path, flags: number, mode: number): number
  close(file: number): number
  statx(at: number, path: Path, flags: number, mask: number, found: Buffer): number
  lseek(file: number, offset: number, from: number): number
  getdents(directory: number, to: Buffer, size: number): number
  readlinkat(at: number, path: Path, to: Buffer, size: number): number
  mkdirat(at: number, path: Path, mode: number): number
  symlinkat(target: Path, at: number, path: Path): number
  linkat(from: number, fromPath: Path, at: number, path: Path, flags: number): number
  mknodat(at: number, path: Path, mode: number, device: number): number
  unlinkat(at: number, path: Path, flags: number): number
  ftruncate(file: number, size: number): number
  fchownat(at: number, path: Path, uid: number, gid: number, flags: number): number
  fchown(file: number, uid: number, gid: number): number
  fchmodat(at: number, path: Path, mode: number, flags: number): number
  fchmod(file: number, mode: number): number
  utimensat(at: number, path: Path, times: Buffer, flags: number): number
  futimens(file: number, times: Buffer): number
  lsetxattr(path: Path, name: Path, value: Buffer, size: number, flags: number): number
  fsetxattr(file: number, name: Path, value: Buffer, size: number, flags: number): number
  fremovexattr(file: number, name: Path): number
  llistxattr(path: Path, to: Buffer, size: number): number
  lgetxattr(path: Path, name: Path, to: Buffer, size: number): number
  unshare(flags: number): number
  fchdir(directory: number): number
  chroot(path: Path): number
  umask(mask: number): number
}

const SIGNATURES: Record<Exclude<keyof Libc, 'errno'>, string> = {
  openat: 'int openat(int at, const char *path, int flags, uint mode)',
  close: 'int close(int file)',
  statx: 'int statx(int at, const char *path, int flags, uint mask, void *found)',
  lseek: 'long lseek(int file, long offset, int from)',
  getdents: 'long getdents64(int directory, void *to, size_t size)',
  readlinkat: 'long readlinkat(int at, const char *path, void *to, size_t size)',
  mkdirat: 'int mkdirat(int at, const char *path, uint mode)',
  symlinkat: 'int symlinkat(const char *target, int at, const char *path)',
  linkat: 'int linkat(int from, const char *fromPath, int at, const char *path, int flags)',
  mknodat: 'int mknodat(int at, const char *path, uint mode, ulong device)',
  unlinkat: 'int unlinkat(int at, const char *path, int flags)',
  ftruncate: 'int ftruncate(int file, long size)',
  fchownat: 'int fchownat(int at, const char *path, uint uid, uint gid, int flags)',
  fchown: 'int fchown(int file, uint uid, uint gid)',
  fchmodat: 'int fchmodat(int at, const char *path, uint mode, int flags)',
  fchmod: 'int fchmod(int file, uint mode)',
  utimensat: 'int utimensat(int at, const char *path, const void *times, int flags)',
  futimens: 'int futimens(int file, const void *times)',
  lsetxattr: 'int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)',
  fsetxattr: 'int fsetxattr(int file, const char *name, const void *value, size_t size, int flags)',
  fremovexattr: 'int fremovexattr(int file, const char *name)',
  llistxattr: 'long llistxattr(const char *path, void *to, size_t size)',
  lgetxattr: 'long lgetxattr(const char *path, const char *name, void *to, size_t size)',
  unshare: 'int unshare(int flags)',
  fchdir: 'int fchdir(int directory)',
  chroot: 'int chroot(const char *path)',
  umask: 'int umask(int mask)',
}

/**
 * Returns the functions of the C library that this process runs with (Linux on processors of 64 bits).
 * @param koffiAt the URL of the package koffi
 * @throws if koffi is not there, or the library lacks a function
 */
export async function loadLibc(koffiAt: string): Promise<Libc> {
  const { default: koffi } = (await import(/* @vite-ignore */ koffiAt)) as typeof import('koffi')
  const library = koffi.load(null)
  const functions = Object.entries(SIGNATURES).map(([name, signature]) => [name, library.func(signature)])
  // Safe: the signatures say the same in C.
  return { errno: () => koffi.errno(), ...Object.fromEntries(functions) } as Libc
}
