import type { Flag } from './flags.js'

/** Flags of every command and of the program. */
export const HELP: Flag = { names: ['help', 'h'], kind: 'switch', usage: 'show help' }

export const GLOBAL: readonly Flag[] = [
  { names: ['verbose'], kind: 'switch', usage: 'the same as --log=info' },
  {
    names: ['log'],
    kind: 'text',
    usage: 'print messages from this level on (debug, info, [warn], error, fatal)',
    usual: 'warn',
  },
  { names: ['cpu-profile'], kind: 'text', usage: 'write a profile of the run to this file', isHidden: true },
  HELP,
  { names: ['version', 'v'], kind: 'switch', usage: 'print the version' },
]

export const IMAGE: Flag = { names: ['image'], kind: 'text', usage: "image in an OCI layout, as 'path[:tag]'" }

export const LAYOUT: Flag = { names: ['layout'], kind: 'text', usage: 'directory of an OCI layout' }

export const TAG: Flag = { names: ['tag'], kind: 'text', usage: 'name of the new image (usually the tag of --image)' }

export const COMPRESS: Flag = {
  names: ['compress'],
  kind: 'text',
  usage: 'compression of new layers: none, gzip, zstd or auto',
  usual: 'auto',
}

export const HISTORY: readonly Flag[] = [
  { names: ['no-history'], kind: 'switch', usage: 'add no history entry' },
  { names: ['history.author'], kind: 'text', usage: 'author of the history entry' },
  { names: ['history.comment'], kind: 'text', usage: 'comment of the history entry' },
  { names: ['history.created'], kind: 'text', usage: 'time of the history entry' },
  { names: ['history.created_by'], kind: 'text', usage: 'what made the layer, for the history entry' },
]

export const MAPPING: readonly Flag[] = [
  { names: ['uid-map'], kind: 'list', usage: 'user ids that are mapped (container:host:size)' },
  { names: ['gid-map'], kind: 'list', usage: 'group ids that are mapped (container:host:size)' },
  { names: ['rootless'], kind: 'switch', usage: 'work without the rights of root' },
]

export const KEEP_DIRLINKS: Flag = {
  names: ['keep-dirlinks'],
  kind: 'switch',
  usage: 'keep links to directories where a layer has a directory',
}

/** The flags that say what `config` changes; `clear` comes first. */
export const CONFIG: readonly Flag[] = [
  text('config.user'),
  list('config.exposedports'),
  list('config.env'),
  list('config.entrypoint'),
  list('config.cmd'),
  list('config.volume'),
  list('config.label'),
  text('config.workingdir'),
  text('config.stopsignal'),
  text('created'),
  text('author'),
  text('platform.os', 'os'),
  text('platform.arch', 'architecture'),
  text('platform.variant'),
  list('manifest.annotation'),
  list('clear'),
]

export const VALIDATION: readonly Flag[] = [
  { names: ['manifest', 'f', 'file'], kind: 'text', isRequired: true, usage: 'mtree manifest to compare with' },
  { names: ['path', 'p'], kind: 'text', isRequired: true, usage: 'directory that the manifest describes' },
  { names: ['rootless'], kind: 'switch', usage: 'work without the rights of root' },
  { names: ['add-keywords', 'K'], kind: 'text', usage: 'compare these keywords as well (between commas or spaces)' },
  { names: ['use-keywords', 'k'], kind: 'text', usage: 'compare these keywords alone (between commas or spaces)' },
  { names: ['umoci-keywords'], kind: 'switch', usage: 'compare the keywords that umoci records' },
]

function text(...names: [string, ...string[]]): Flag {
  return { names, kind: 'text', usage: '' }
}

function list(...names: [string, ...string[]]): Flag {
  return { names, kind: 'list', usage: '' }
}
