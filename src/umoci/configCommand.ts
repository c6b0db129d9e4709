import type { ConfigEdit } from '../commands/layoutOptions.js'
import { checkHistory, checkTag, imageOf, needsImage, takesNoArguments } from './checks.js'
import type { UmociCommand } from './command.js'
import { CONFIG, HISTORY, IMAGE, TAG } from './flagSets.js'
import type { GivenFlags } from './flags.js'
import { historyOf } from './history.js'
import { onImage } from './onImage.js'

export const CONFIG_COMMAND: UmociCommand = {
  name: 'config',
  usage: 'change the configuration of an image',
  syntax: '--image <image-path>[:<tag>] [--tag <new-tag>]',
  about: `Changes what the configuration of the image "<tag>" of the layout "<image-path>"
says. The result is named "<new-tag>", and "<tag>" stays as it is; without --tag
it takes the place of "<tag>".`,
  category: 'image',
  keepsOrder: true,
  flags: [...CONFIG, TAG, ...HISTORY, IMAGE],
  checks: [needsImage, checkHistory, checkTag, takesNoArguments],
  async run({ flags }, { log, library, signal, onWarning }) {
    const edit = { ...editOf(flags), statedName: 'stays' as const, signal, onWarning }
    const { digest, manifest } = await onImage(flags, (image) => library.editConfig(image, edit))
    log.info(`new image manifest created: ${digest}->${manifest}`)
    log.info(`created new tag for image manifest: ${edit.tag ?? imageOf(flags).tag}`)
  },
}

/** The library's names of flags with one value. */
const TEXTS = {
  user: 'config.user',
  workingDir: 'config.workingdir',
  stopSignal: 'config.stopsignal',
  created: 'created',
  author: 'author',
  os: 'platform.os',
  architecture: 'platform.arch',
  variant: 'platform.variant',
  tag: 'tag',
} as const satisfies Partial<Record<keyof ConfigEdit, string>>

/** The library's names of flags with several values. */
const LISTS = {
  exposedPorts: 'config.exposedports',
  env: 'config.env',
  entrypoint: 'config.entrypoint',
  cmd: 'config.cmd',
  volumes: 'config.volume',
  labels: 'config.label',
  annotations: 'manifest.annotation',
  clear: 'clear',
} as const satisfies Partial<Record<keyof ConfigEdit, string>>

function editOf(flags: GivenFlags): ConfigEdit {
  const texts = Object.entries(TEXTS).flatMap(([key, name]) => (flags.has(name) ? [[key, flags.text(name)]] : []))
  const lists = Object.entries(LISTS).flatMap(([key, name]) => (flags.has(name) ? [[key, flags.list(name)]] : []))
  return { ...Object.fromEntries([...texts, ...lists]), history: historyOf(flags, 'umoci config') }
}
