import type { Count, Oddity } from '../rootfs/oddities.js'
import type { Warn, WarningCode } from '../spec/warnings.js'

interface Words {
  code: WarningCode
  one: string
  many: string
  /** The end of the sentence, which fits one and many. */
  ending: string
}

const SAID: Record<Oddity, Words> = {
  'xattr left out': {
    code: 'XATTR',
    one: 'an extended attribute is',
    many: 'extended attributes are',
    ending: 'not set: the file system, the user’s rights or a missing koffi do not allow it',
  },
  'host attribute': {
    code: 'XATTR',
    one: 'an attribute of another host is',
    many: 'attributes of another host are',
    ending: 'not set: they belong to the host that wrote them',
  },
  'device left out': {
    code: 'DEVICE',
    one: 'a special file is',
    many: 'special files are',
    ending: 'not made: that takes root and the package koffi',
  },
  'time rounded': {
    code: 'TIME',
    one: 'a time is',
    many: 'times are',
    ending: 'rounded to about a microsecond: exact ones take the package koffi',
  },
  'time out of range': {
    code: 'TIME',
    one: 'a time is',
    many: 'times are',
    ending: 'beyond what the file system has room for: it took the nearest one',
  },
  'owner not recorded': {
    code: 'OWNER',
    one: 'an owner is',
    many: 'owners are',
    ending: 'lost: only files and directories can record them',
  },
  'overlay attribute': {
    code: 'OVERLAY',
    one: 'an attribute is',
    many: 'attributes are',
    ending: 'kept as is; an overlay file system would hide or redirect files by them',
  },
  'device for overlays': {
    code: 'OVERLAY',
    one: 'a device is',
    many: 'devices are',
    ending: 'kept as is; an overlay file system would take them for whiteouts',
  },
  'aufs file': {
    code: 'AUFS',
    one: 'a file of aufs is',
    many: 'files of aufs are',
    ending: 'left out: they are about no file of the image',
  },
  'runtime link': {
    code: 'RUNTIME_LINK',
    one: 'a link is',
    many: 'links are',
    ending: 'in the place of a directory that runtimes mount on',
  },
  'socket left out': {
    code: 'SOCKET',
    one: 'a socket is',
    many: 'sockets are',
    ending: 'left out: no layer can hold one',
  },
  'mount left out': {
    code: 'MOUNT',
    one: 'a file or directory is',
    many: 'files and directories are',
    ending: 'left out: something is mounted there',
  },
  'xattr not packed': {
    code: 'XATTR',
    one: 'an extended attribute is',
    many: 'extended attributes are',
    ending: 'left out: a layer can hold none without a value, or with an equals sign in its name',
  },
  'xattr not readable': {
    code: 'XATTR',
    one: 'the extended attributes of a file are',
    many: 'files’ extended attributes are',
    ending: 'not read: that takes the package koffi',
  },
  'file changed': {
    code: 'CHANGED',
    one: 'a file has',
    many: 'files have',
    ending: 'changed while the layer was made; it has what was read',
  },
}

/** Warns of what a file system or a layer lacks, or has beyond what is safe. */
export function warnOfCount({ oddity, count, first }: Count, warn: Warn): void {
  const { code, one, many, ending } = SAID[oddity]
  warn({ code, message: `${count === 1 ? one : `${count} ${many}`} ${ending}`, where: first })
}
