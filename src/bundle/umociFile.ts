import type { UmociFile } from '../generated/types.js'
import { isUmociFile, shapeOfUmociFile } from '../generated/validators.js'
import { checkIdMappings, type IdMapping } from '../rootfs/idMapping.js'
import { type Descriptor, parse } from '../spec/parse.js'
import { exactOf, inStructOrder, printExact } from './exactJSON.js'

/** What a bundle was unpacked from, and how. */
export interface BundleOrigin {
  /** From the entry of index.json, through the indexes below it, to the manifest. */
  walk: readonly Descriptor[]
  uidMappings: readonly IdMapping[]
  gidMappings: readonly IdMapping[]
  rootless: boolean
}

/** Returns the content of umoci.json, as umoci writes it since 0.5. */
export function umociJSON({ walk, uidMappings, gidMappings, rootless }: BundleOrigin): string {
  const options = { uid_mappings: printed(uidMappings), gid_mappings: printed(gidMappings), rootless }
  const path = { descriptor_walk: walk.map(known) }
  const origin = exactOf({ umoci_version: '2', from_descriptor_path: path, map_options: options })
  return `${printExact(inStructOrder(origin, shapeOfUmociFile))}\n`
}

/**
 * Reads umoci.json, of any release since 0.2. It may come from anybody.
 * @throws ImageError FORMAT, UNSAFE
 */
export function parseUmociFile(bytes: Uint8Array, where: string): BundleOrigin {
  const { from_descriptor_path, map_options } = parse(bytes, where, UMOCI_FILE)
  const [uidMappings, gidMappings] = [mappingsOf(map_options.uid_mappings), mappingsOf(map_options.gid_mappings)]
  checkIdMappings(uidMappings, where)
  checkIdMappings(gidMappings, where)
  const walk = from_descriptor_path.descriptor_walk
  return { walk, uidMappings, gidMappings, rootless: map_options.rootless ?? false }
}

const UMOCI_FILE = { what: 'an umoci.json file', guard: isUmociFile, shape: shapeOfUmociFile }

function mappingsOf(mappings: UmociFile['map_options']['uid_mappings']): IdMapping[] {
  return (mappings ?? []).map(({ containerID = 0, hostID = 0, size = 0 }) => ({ containerID, hostID, size }))
}

/** Go prints null for a list that was never filled. */
function printed(mappings: readonly IdMapping[]) {
  return mappings.length === 0 ? null : mappings.map(({ containerID, hostID, size }) => ({ containerID, hostID, size }))
}

/** Returns the fields that Go prints of a descriptor: those that the specification knows, unless they are empty. */
function known({ mediaType, digest, size, platform, ...others }: Descriptor) {
  const { urls, annotations, data, artifactType } = others
  const target = { mediaType, digest, size, urls: filled(urls), annotations: filled(annotations), data: filled(data) }
  return { ...target, platform: platform && knownPlatform(platform), artifactType: filled(artifactType) }
}

function knownPlatform({ architecture, os, variant, ...others }: NonNullable<Descriptor['platform']>) {
  const [version, features] = [filled(others['os.version']), filled(others['os.features'])]
  return { architecture, os, 'os.version': version, 'os.features': features, variant: filled(variant) }
}

/** Returns a value unless it is empty. */
function filled<T extends object | string>(value: T | null | undefined): T | undefined {
  return value == null || Object.keys(value).length === 0 ? undefined : value
}
