import type { EntrySpec } from '../../fixtures/tar.js'

/** What Go's archive/tar makes of archives, by what is odd about them. */
export type GoCases = Record<string, GoCase>

/** One archive, and what Go's reader makes of it. */
interface GoCase {
  entries: readonly EntrySpec[]
  /** Each entry that it returns, with its kind, name and content or target; 'refuses' if it returns an error for one. */
  go: string
  /** Given if we refuse what it reads. */
  ours?: 'refuses'
  /** Given if we read something else: what that is, and why it does no harm. */
  harmless?: readonly [ours: string, reason: string]
}
