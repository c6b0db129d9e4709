/** The parts of WebAssembly that we use: Node's types lack it, and those of the web have much that Node lacks. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array)
  }

  /** @typeParam Exports what the module is known to export */
  class Instance<Exports> {
    readonly exports: Exports
    constructor(module: Module, imports?: Record<string, Record<string, () => number>>)
  }

  class Memory {
    readonly buffer: ArrayBuffer | SharedArrayBuffer
    constructor(limits: { initial: number; maximum: number; shared: boolean })
    /** Returns how many pages there were before. */
    grow(pages: number): number
  }

  interface Global {
    readonly value: number
  }
}
