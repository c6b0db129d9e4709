import type { Context } from '../bytes/context.js'

/** Warns of a layer that the history does not tell of. */
export function warnOfNoStep({ warn }: Pick<Context, 'warn'>): void {
  const message = 'it has no step for the new layer, which will confuse many tools'
  warn({ code: 'HISTORY', message, where: 'history' })
}
