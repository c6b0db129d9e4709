import { randomUUID } from 'node:crypto'

/** Hex digits in the form of a UUID (RFC 9562). */
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/** The lock on a layout's index. */
export const LOCK = '.transload.lock'

const STAGING = new RegExp(`^\\.transload-${UUID}$`)
const OWN = new RegExp(`^\\.transload(?:-${UUID}|\\.lock(?:-[0-9a-f]{16})?)$`)

/** What a staging directory holds besides blobs: the files that are given their names last, and whose it is. */
export const OWNER = 'owner'
/** The owner's record while it is written: a command that is killed meanwhile has put nothing else there. */
export const UNSIGNED = 'owner.new'
/** An archive that is being written. */
export const ARCHIVE = 'archive'

const STAGED = /^(?:owner|owner\.new|archive|index\.json|oci-layout|[1-9][0-9]*)$/

/** A name for a staging directory that no other has, and that nobody can guess. */
export function newStagingName(): string {
  return `.transload-${randomUUID()}`
}

/** True of the exact form of names that we give to staging directories. */
export function isStagingName(name: string): boolean {
  return STAGING.test(name)
}

/** True of a name in a layout directory that is only there while a command runs, or was left behind by one. */
export function isOurs(name: string): boolean {
  return OWN.test(name)
}

/** True of the names that we give to files in a staging directory. */
export function isStagedName(name: string): boolean {
  return STAGED.test(name)
}
