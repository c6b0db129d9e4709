/**
 * Prints our own JSON, always with the same bytes for the same value: no spaces, keys in the object's order, and the
 * escapes of Go's encoding/json. Docker would give the same value the same digest.
 */
export function canonicalJSON(value: unknown): Buffer {
  return Buffer.from(jsonText(value))
}

/** The same as a text. */
export function jsonText(value: unknown): string {
  return escapeHTML(JSON.stringify(value))
}

/** Escapes JSON for HTML and changes nothing else, as Go does with a json.RawMessage. */
export function escapeHTML(raw: string): string {
  return raw.replace(/[<>&\u2028\u2029]/g, escapeUnit)
}

/** Compares texts by their UTF-8 bytes, as Go sorts the keys of a map. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** A UTF-16 code unit as JSON escapes it. */
export function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * Returns a key in the form that Go's encoding/json compares: without case, two non-ASCII letters as their ASCII ones.
 */
export function foldKey(key: string): string {
  return key.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase()
}
