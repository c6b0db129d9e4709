import { quoted } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'

/** Consecutive user or group IDs of a container, and the IDs that they are on the host. */
export interface IdMapping {
  containerID: number
  hostID: number
  size: number
}

/** IDs of Linux have 32 bits. The last one means "no ID" (chown(2)). */
const IDS = 2 ** 32 - 1

/**
 * Reads `container:host[:size]`; without a size, one ID is mapped.
 * @throws ImageError USAGE
 */
export function parseIdMapping(text: string): IdMapping {
  const fields = text.split(':')
  const [containerID, hostID, size] = fields.map(numberOf)
  if (containerID === undefined || hostID === undefined || fields.length > 3) throw notMapping(text)
  if (fields.length === 3 && size === undefined) throw notMapping(text)
  return { containerID, hostID, size: size ?? 1 }
}

/**
 * Checks that mappings name IDs that exist, and each ID once. A file that they are from is to be named.
 * @throws ImageError USAGE, or FORMAT if they are from a file
 */
export function checkIdMappings(mappings: readonly IdMapping[], where?: string): void {
  const problem = outOfRange(mappings) ?? overlap(mappings, 'containerID') ?? overlap(mappings, 'hostID')
  if (problem === undefined) return
  throw where === undefined ? new ImageError('USAGE', problem) : new ImageError('FORMAT', problem, { where })
}

/** Prints a mapping in the form that {@link parseIdMapping} reads. */
export function printIdMapping({ containerID, hostID, size }: IdMapping): string {
  return `${containerID}:${hostID}:${size}`
}

/**
 * Returns the host's ID of a container's one. Without mappings they are the same.
 * @throws ImageError UNSUPPORTED if it is not mapped
 */
export function mapToHost(id: number, mappings: readonly IdMapping[]): number {
  if (mappings.length === 0) return id
  const mapping = mappings.find(({ containerID, size }) => id >= containerID && id < containerID + size)
  if (mapping === undefined) throw unmapped(`the container's ID ${id}`, mappings)
  return mapping.hostID + (id - mapping.containerID)
}

/**
 * Returns the container's ID of a host's one. Without mappings they are the same.
 * @throws ImageError UNSUPPORTED if it is not mapped
 */
export function mapToContainer(id: number, mappings: readonly IdMapping[]): number {
  if (mappings.length === 0) return id
  const mapping = mappings.find(({ hostID, size }) => id >= hostID && id < hostID + size)
  if (mapping === undefined) throw unmapped(`the host's ID ${id}`, mappings)
  return mapping.containerID + (id - mapping.hostID)
}

/** Returns the number of a field, if it is one of 32 bits: digits only. */
function numberOf(field: string): number | undefined {
  if (!/^\d{1,10}$/.test(field)) return undefined
  const number = Number(field)
  return number <= IDS ? number : undefined
}

function notMapping(text: string): ImageError {
  return new ImageError('USAGE', 'not an ID mapping', {
    expected: 'container:host or container:host:size, each a number of at most 32 bits',
    found: quoted(text),
  })
}

function outOfRange(mappings: readonly IdMapping[]): string | undefined {
  for (const mapping of mappings) {
    if (mapping.size === 0) return `the ID mapping ${printIdMapping(mapping)} maps no ID`
    const end = Math.max(mapping.containerID, mapping.hostID) + mapping.size
    if (end > IDS) return `the ID mapping ${printIdMapping(mapping)} goes beyond ${IDS - 1}, the last ID`
  }
  return undefined
}

function overlap(mappings: readonly IdMapping[], start: 'containerID' | 'hostID'): string | undefined {
  const ordered = [...mappings].sort((a, b) => a[start] - b[start])
  for (const [at, mapping] of ordered.entries()) {
    const next = ordered[at + 1]
    if (next === undefined || mapping[start] + mapping.size <= next[start]) continue
    const whose = start === 'hostID' ? "the host's" : "the container's"
    return `the ID mappings ${printIdMapping(mapping)} and ${printIdMapping(next)} overlap in ${whose} IDs`
  }
  return undefined
}

function unmapped(what: string, mappings: readonly IdMapping[]): ImageError {
  return new ImageError('UNSUPPORTED', `${what} is not mapped`, {
    expected: `an ID within ${mappings.slice(0, 8).map(printIdMapping).join(' or ')}`,
    hint: 'map more IDs with --uid-map and --gid-map, or none',
  })
}
