/**
 * Our own JSON, always the same bytes for the same value: no spaces, keys in the order of the object, and the
 * escapes of Go's encoding/json, so that what Docker would write has the same digest here.
 */
export function canonicalJSON(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escapeUnit))
}

/** A UTF-16 code unit as JSON escapes it. */
export function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A key as Go's encoding/json compares it: in any case, and two letters beyond ASCII count as ones within it. */
export function foldKey(key: string): string {
  return key.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase()
}
