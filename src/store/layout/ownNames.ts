import { randomUUID } from 'node:crypto'

/** Hex digits in the form of a UUID (RFC 9562). */
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/** The lock on a layout's index. */
export const LOCK = '.transload.lock'

const STAGING = new RegExp(`^\\.transload-${UUID}$`)
const OWN = new RegExp(`^\\.transload(?:-${UUID}|\\.lock(?:-[0-9a-f]{16})?)$`)

/** In a staging directory, besides blobs: the record of its owner. */
export const OWNER = 'owner'
/** The owner's record while it is written. A command that is killed meanwhile has written nothing else. */
export const UNSIGNED = 'owner.new'
/** The archive that is written. */
export const ARCHIVE = 'archive'

const STAGED = /^(?:owner|owner\.new|archive|index\.json|oci-layout|[1-9][0-9]*)$/

/** Returns a new, unique name for a staging directory that nobody can guess. */
export function newStagingName(): string {
  return `.transload-${randomUUID()}`
}

/** True if the name has exactly the form of our staging directories. */
export function isStagingName(name: string): boolean {
  return STAGING.test(name)
}

/** True for names in a layout directory that exist only while a command runs, or that a killed command left behind. */
export function isOurs(name: string): boolean {
  return OWN.test(name)
}

/** True for the names of our files in a staging directory. */
export function isStagedName(name: string): boolean {
  return STAGED.test(name)
}
