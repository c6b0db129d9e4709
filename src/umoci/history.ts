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
