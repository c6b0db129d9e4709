import type { HistoryOptions } from '../layer/historyEntry.js'
import { ImageError } from '../spec/errors.js'

/** The options of the history, as a command gets them. */
interface HistoryValues {
  noHistory: boolean
  historyAuthor: string | undefined
  historyComment: string | undefined
  historyCreated: string | undefined
  historyCreatedBy: string | undefined
}

const NAMES: Readonly<Record<string, string>> = {
  author: '--history.author',
  comment: '--history.comment',
  created: '--history.created',
  createdBy: '--history.created_by',
}

/** Returns the values with those of the history as the library takes them. @throws ImageError USAGE */
export function withHistory<Values extends HistoryValues>(values: Values) {
  const { noHistory, historyAuthor, historyComment, historyCreated, historyCreatedBy, ...others } = values
  const given = { author: historyAuthor, comment: historyComment, created: historyCreated, createdBy: historyCreatedBy }
  const [name] = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [key]))
  if (noHistory && name !== undefined) {
    throw new ImageError('USAGE', '--no-history goes with no other option of the history', {
      found: NAMES[name] ?? name,
    })
  }
  const history: HistoryOptions | false = noHistory ? false : given
  return { ...others, history }
}
