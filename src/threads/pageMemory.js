/** Of WebAssembly's memory, in bytes; no system's pages are larger. */
export const PAGE = 64 * 1024

/** In JavaScript, since Node's types know no WebAssembly: only its memory begins at a page for sure, and it can grow where it is. */
let memory
const MOST_PAGES = 4096

const paged = new WeakSet()

/**
 * Shared memory of whole pages, which a disk can read by itself; it is never given back. Other memory once there is no
 * more of it.
 * @param {number} size in bytes, a multiple of PAGE
 * @returns {Uint8Array}
 */
export function pages(size) {
  try {
    memory ??= new WebAssembly.Memory({ initial: 0, maximum: MOST_PAGES, shared: true })
    const start = memory.grow(size / PAGE) * PAGE
    paged.add(memory.buffer)
    return new Uint8Array(memory.buffer, start, size)
  } catch {
    return new Uint8Array(new SharedArrayBuffer(size))
  }
}

/**
 * Whether bytes are whole pages.
 * @param {Uint8Array} bytes
 */
export function isPages(bytes) {
  return paged.has(bytes.buffer) && bytes.byteOffset % PAGE === 0 && bytes.length % PAGE === 0
}
