import type { AddLayerOptions } from '../commands/layerOptions.js'
import type { HistoryOptions } from '../layer/historyEntry.js'
import type { GivenFlags } from './flags.js'

/** Returns the history entry that the flags ask for; `usual` is what made it, if none of them says. */
export function historyOf(flags: GivenFlags, usual: string): HistoryOptions | false {
  if (flags.isOn('no-history')) return false
  return {
    author: flags.text('history.author'),
    comment: flags.text('history.comment'),
    created: flags.text('history.created'),
    createdBy: flags.text('history.created_by') ?? usual,
  }
}

/** Returns the compression that the flags ask for, which a check has found; nothing stands for none. */
export function compressOf(flags: GivenFlags): AddLayerOptions['compress'] {
  const name = flags.text('compress') ?? 'auto'
  return name === 'gzip' || name === 'zstd' || name === 'auto' ? name : 'none'
}
