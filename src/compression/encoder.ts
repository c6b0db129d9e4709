import { WASM } from '../generated/deflate.js'

interface Exports {
  memory: WebAssembly.Memory
  CONTENT: WebAssembly.Global
  OUTPUT: WebAssembly.Global
  /** Returns where the output ends. */
  deflate(before: number, size: number): number
}

/**
 * Makes an encoder of DEFLATE with memory of its own, of src/compression/deflate. It compresses at most 1 MiB at a time, which may
 * refer to at most 32 KiB before it, to whole bytes that more may follow (RFC 1951), none of them the last.
 */
export function encoder(): (content: Uint8Array, before: Uint8Array) => Uint8Array<ArrayBuffer> {
  const { exports } = new WebAssembly.Instance<Exports>(new WebAssembly.Module(Buffer.from(WASM, 'base64')))
  const memory = new Uint8Array(exports.memory.buffer)
  const contentAt = exports.CONTENT.value
  return (content, before) => {
    memory.set(before, contentAt - before.length)
    memory.set(content, contentAt)
    return memory.slice(exports.OUTPUT.value, exports.deflate(before.length, content.length))
  }
}
