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
 * Checks that mappings name IDs that exist, and each ID once.
 * @throws ImageError USAGE
 */
export function checkIdMappings(mappings: readonly IdMapping[]): void {
  for (const mapping of mappings) {
    if (mapping.size === 0) throw new ImageError('USAGE', `the ID mapping ${printIdMapping(mapping)} maps no ID`)
    if (Math.max(mapping.containerID, mapping.hostID) + mapping.size <= IDS) continue
    throw new ImageError('USAGE', `the ID mapping ${printIdMapping(mapping)} goes beyond the last ID`, {
      expected: `at most ${IDS - 1}`,
    })
  }
  assertApart(mappings, 'containerID')
  assertApart(mappings, 'hostID')
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

function assertApart(mappings: readonly IdMapping[], start: 'containerID' | 'hostID'): void {
  const ordered = [...mappings].sort((a, b) => a[start] - b[start])
  for (const [at, mapping] of ordered.entries()) {
    const next = ordered[at + 1]
    if (next === undefined || mapping[start] + mapping.size <= next[start]) continue
    const both = `${printIdMapping(mapping)} and ${printIdMapping(next)}`
    const whose = start === 'hostID' ? "the host's" : "the container's"
    throw new ImageError('USAGE', `the ID mappings ${both} overlap in ${whose} IDs`)
  }
}

function unmapped(what: string, mappings: readonly IdMapping[]): ImageError {
  return new ImageError('UNSUPPORTED', `${what} is not mapped`, {
    expected: `an ID within ${mappings.slice(0, 8).map(printIdMapping).join(' or ')}`,
    hint: 'map more IDs with --uid-map and --gid-map, or none',
  })
}
