import { quoted } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { textOf } from '../spec/json/goText.js'
import { accountLines, idOf, LAST_ID } from './accountFiles.js'

/**
 * Returns a regular file of the image, by its absolute path, and with links resolved within the image; undefined if
 * there is none. Throws if it has more bytes than the limit.
 */
export type ReadRootfsFile = (path: string, limit: number) => Buffer | undefined

/** The user that a container starts as. */
export interface ContainerUser {
  uid: number
  gid: number
  /** Supplementary groups. */
  groups: number[]
  /** Home directory; empty if unknown. */
  home: string
}

const PASSWD = '/etc/passwd'
const GROUP = '/etc/group'

/** Maximum bytes of each of these files. */
const FILE_LIMIT = 10 * 1024 * 1024

/** Maximum number of a process's groups in Linux. */
const MOST_GROUPS = 65_536

/**
 * Returns the user that an image names: `user`, `uid`, `user:group`, `uid:gid` or any mix; empty for root. Digits are
 * always a number, also where a user has such a name. Names, home and supplementary groups are from the image's files.
 * @throws ImageError NOT_FOUND for an unknown name, UNSAFE for a number out of range
 */
export function lookUpUser(spec: string, read: ReadRootfsFile): ContainerUser {
  const [user = '', group = '', ...others] = spec.split(':')
  if (others.length > 0) {
    throw new ImageError('FORMAT', 'not a user', {
      where: 'USER of the image',
      expected: 'USER:GROUP',
      found: quoted(spec),
    })
  }
  const { name, ...account } = accountOf(user, read)
  if (group !== '') return { ...account, gid: groupOf(group, read), groups: [] }
  return { ...account, groups: name === '' ? [] : groupsOf(name, read) }
}

interface Account extends Omit<ContainerUser, 'groups'> {
  /** Name of the user, one character a byte; empty if unknown. */
  name: string
}

function accountOf(user: string, read: ReadRootfsFile): Account {
  const number = numberOf(user || '0')
  const name = latin1(user)
  for (const [found = '', , uid, gid, , home = ''] of accountLines(fileOf(PASSWD, read))) {
    if (number === undefined ? found !== name : idOf(uid) !== number) continue
    const ids = { uid: validID(uid, { file: PASSWD, name: found }), gid: validID(gid, { file: PASSWD, name: found }) }
    return { ...ids, name: found, home: textOf(Buffer.from(home, 'latin1')) }
  }
  if (number === undefined) throw unknown(user, PASSWD)
  return { uid: number, gid: 0, name: '', home: '' }
}

/** Returns the ID of a group that is named or numbered. */
function groupOf(group: string, read: ReadRootfsFile): number {
  const number = numberOf(group)
  if (number !== undefined) return number
  const name = latin1(group)
  for (const [found, , gid] of accountLines(fileOf(GROUP, read))) {
    if (found === name) return validID(gid, { file: GROUP, name })
  }
  throw unknown(group, GROUP)
}

/** Returns the IDs of the groups that list a user, in the order of the file. */
function groupsOf(user: string, read: ReadRootfsFile): number[] {
  const groups: number[] = []
  for (const [name = '', , gid, members = ''] of accountLines(fileOf(GROUP, read))) {
    if (!members.split(',').includes(user)) continue
    groups.push(validID(gid, { file: GROUP, name }))
    if (groups.length <= MOST_GROUPS) continue
    throw new ImageError('UNSAFE', 'a user is in too many groups', {
      where: `${GROUP} of the image`,
      expected: `at most ${MOST_GROUPS}`,
    })
  }
  return groups
}

function fileOf(path: string, read: ReadRootfsFile): Buffer {
  return read(path, FILE_LIMIT) ?? Buffer.alloc(0)
}

/** Returns the number that an ID is; undefined for a name. Runtimes would cut a number out of range, maybe to root's. */
function numberOf(id: string): number | undefined {
  if (!/^[+-]?\d+$/.test(id)) return undefined
  const number = idOf(id)
  if (number !== undefined) return number
  throw new ImageError('UNSAFE', 'the ID of a user or group is out of range', {
    where: 'USER of the image',
    expected: `digits, at most ${LAST_ID}`,
    found: quoted(id),
  })
}

function validID(text: string | undefined, { file, name }: { file: string; name: string }): number {
  const id = idOf(text)
  if (id !== undefined) return id
  const problem = `${file} of the image has no valid ID for ${quoted(name)}`
  throw new ImageError('FORMAT', problem, { expected: `digits, at most ${LAST_ID}`, found: quoted(text ?? '') })
}

function unknown(name: string, file: string): ImageError {
  return new ImageError('NOT_FOUND', `the image's ${file} does not have ${quoted(name)}`, {
    where: 'USER of the image',
    hint: 'set a number as the user of the image, which needs no such file',
  })
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}
