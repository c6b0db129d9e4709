import type { IdMapping } from '../rootfs/idMapping.js'
import type { Exact, ExactObject } from '../spec/json/exact.js'
import type { Warn } from '../spec/warnings.js'
import { isWithin, placeOf } from './containerPaths.js'
import { objectAt, objectsAt, setList, textAt, textsAt } from './exactFields.js'
import { exactOf } from './exactJSON.js'

/** IDs of users and groups within a container, by those of the host. */
export interface IdMappings {
  uidMappings: readonly IdMapping[]
  gidMappings: readonly IdMapping[]
}

/** Sets ID mappings, and a user namespace to have them in. Without mappings nothing changes. */
export function setIdMappings(config: ExactObject, { uidMappings, gidMappings }: IdMappings): void {
  if (uidMappings.length === 0 && gidMappings.length === 0) return
  const linux = objectAt(config, 'linux')
  addUserNamespace(linux, ['user'])
  if (uidMappings.length > 0) linux.set('uidMappings', uidMappings.map(mappingOf))
  if (gidMappings.length > 0) linux.set('gidMappings', gidMappings.map(mappingOf))
}

const RESOLV_CONF = '/etc/resolv.conf'

/**
 * Changes a config to what a user without privileges can run: the host's network and /sys, no cgroups, no other groups.
 * The flags are those that the mount of the host's /etc/resolv.conf has; undefined if the host has no such file.
 */
export function makeRootless(config: ExactObject, flags: readonly string[] | undefined, warn: Warn): void {
  objectAt(objectAt(config, 'process'), 'user').delete('additionalGids')
  const linux = objectAt(config, 'linux')
  addUserNamespace(linux, ['user', 'network'])
  linux.delete('resources')
  const mounts = objectsAt(config, 'mounts').filter((mount) => !isWithin(textAt(mount, 'destination'), '/sys'))
  for (const mount of mounts) setList(mount, 'options', textsAt(mount, 'options').filter(isNotOwner))
  mounts.push(bind('/sys', ['rbind', 'nosuid', 'noexec', 'nodev', 'ro']))
  if (flags === undefined) {
    warn({ code: 'NO_RESOLV_CONF', message: 'the container will have no name servers', where: RESOLV_CONF })
  } else if (!mounts.some((mount) => placeOf(textAt(mount, 'destination')) === RESOLV_CONF)) {
    mounts.push(bind(RESOLV_CONF, [...flags.filter((flag) => flag !== 'ro'), 'rbind', 'ro']))
  }
  config.set('mounts', mounts)
}

function addUserNamespace(linux: ExactObject, dropped: readonly string[]): void {
  const kept = objectsAt(linux, 'namespaces').filter((namespace) => !dropped.includes(textAt(namespace, 'type')))
  linux.set('namespaces', [...kept, new Map([['type', 'user']])])
}

function mappingOf({ containerID, hostID, size }: IdMapping): Exact {
  return exactOf({ containerID, hostID, size })
}

function isNotOwner(option: string): boolean {
  return !/^[ug]id=/.test(option)
}

function bind(path: string, options: string[]): ExactObject {
  return new Map<string, Exact>([
    ['destination', path],
    ['type', 'bind'],
    ['source', path],
    ['options', options],
  ])
}
