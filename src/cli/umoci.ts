import type { Library } from '../umoci/library.js'
import { runUmoci } from '../umoci/runUmoci.js'
import { harmlessLines, oneLine } from './harmless.js'
import { withSignal } from './signals.js'
import { VERSION } from './version.js'

/** Runs the command line of umoci and sets the exit status. */
export async function umoci(args: readonly string[]): Promise<void> {
  process.exitCode = await runUmoci(args, {
    version: VERSION,
    library: LIBRARY,
    print: (text) => void process.stdout.write(harmlessLines(text)),
    tell: (line) => void process.stderr.write(`${oneLine(line)}\n`),
    withSignal,
  })
}

/** Each command loads what it needs. */
const LIBRARY: Library = {
  initLayout: async (...args) => (await import('../commands/init.js')).initLayout(...args),
  newImage: async (...args) => (await import('../commands/newImage.js')).newImage(...args),
  listTags: async (...args) => (await import('../commands/listTags.js')).listTags(...args),
  tagImage: async (...args) => (await import('../commands/tagImage.js')).tagImage(...args),
  removeTag: async (...args) => (await import('../commands/removeTag.js')).removeTag(...args),
  collectGarbage: async (...args) => (await import('../commands/collectGarbage.js')).collectGarbage(...args),
  stat: async (...args) => (await import('../commands/stat.js')).stat(...args),
  unpack: async (...args) => (await import('../commands/unpack.js')).unpack(...args),
  unpackRootfs: async (...args) => (await import('../commands/unpackRootfs.js')).unpackRootfs(...args),
  runtimeConfig: async (...args) => (await import('../commands/runtimeConfig.js')).runtimeConfig(...args),
  repack: async (...args) => (await import('../commands/repack.js')).repack(...args),
  insert: async (...args) => (await import('../commands/insert.js')).insert(...args),
  insertWhiteout: async (...args) => (await import('../commands/insert.js')).insertWhiteout(...args),
  addLayer: async (...args) => (await import('../commands/addLayer.js')).addLayer(...args),
  validateMtree: async (...args) => (await import('../commands/validateMtree.js')).validateMtree(...args),
  editConfig: async (...args) => (await import('../commands/editConfig.js')).editConfig(...args),
}
