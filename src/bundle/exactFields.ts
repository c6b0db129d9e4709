import type { Exact, ExactObject } from '../spec/json/exact.js'

/** Returns the object of a field. If there is none, a new one is put there. */
export function objectAt(parent: ExactObject, key: string): ExactObject {
  const found = parent.get(key)
  if (found instanceof Map) return found
  const made: ExactObject = new Map()
  parent.set(key, made)
  return made
}

/** Returns the objects of a list; none without it. */
export function objectsAt(parent: ExactObject, key: string): ExactObject[] {
  return itemsAt(parent, key).filter((item) => item instanceof Map)
}

/** Returns the texts of a list; none without it. */
export function textsAt(parent: ExactObject, key: string): string[] {
  return itemsAt(parent, key).filter((item) => typeof item === 'string')
}

/** Returns the text of a field; an empty one without it. */
export function textAt(parent: ExactObject, key: string): string {
  const text = parent.get(key)
  return typeof text === 'string' ? text : ''
}

/** Sets a list, or drops the field if the list is empty, as Go does. */
export function setList(parent: ExactObject, key: string, items: Exact[]): void {
  if (items.length === 0) parent.delete(key)
  else parent.set(key, items)
}

function itemsAt(parent: ExactObject, key: string): Exact[] {
  const list = parent.get(key)
  return Array.isArray(list) ? list : []
}
