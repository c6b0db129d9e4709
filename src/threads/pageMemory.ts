/** Page size of WebAssembly's memory in bytes; no system's pages are larger. */
export const PAGE = 64 * 1024

/** Only WebAssembly's memory begins at a page for sure, and it can grow where it is. */
let memory: WebAssembly.Memory | undefined
const MOST_PAGES = 4096

const paged = new WeakSet<ArrayBufferLike>()

/**
 * Shared memory of whole pages, which a disk can read by itself; it is never given back. Other memory once there is no
 * more of it.
 * @param size in bytes, a multiple of PAGE
 */
export function pages(size: number): Uint8Array {
  try {
    memory ??= new WebAssembly.Memory({ initial: 0, maximum: MOST_PAGES, shared: true })
    const start = memory.grow(size / PAGE) * PAGE
    paged.add(memory.buffer)
    return new Uint8Array(memory.buffer, start, size)
  } catch {
    return new Uint8Array(new SharedArrayBuffer(size))
  }
}

/** True if bytes are whole pages. */
export function isPages(bytes: Uint8Array): boolean {
  return paged.has(bytes.buffer) && bytes.byteOffset % PAGE === 0 && bytes.length % PAGE === 0
}
