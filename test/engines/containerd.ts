import { join } from 'node:path'
import { familiarName } from '../../src/spec/reference.js'
import { openContent } from './content.js'
import { makeHome, startDaemon } from './daemon.js'
import type { Engine, LoadedImage } from './engine.js'
import { PLATFORM } from './expected.js'
import type { Machine } from './machine.js'

const NAMESPACE = 'test'

/** Starts a containerd of its own, spoken to with ctr. */
export async function startContainerd(machine: Machine): Promise<Engine> {
  const home = await makeHome()
  const at = (name: string) => join(home.path, name)
  const address = at('c.sock')
  const client = ['-a', address, '-n', NAMESPACE]
  const ctr = (...args: string[]) => machine.run('ctr', ...client, ...args)
  const places = ['--root', at('root'), '--state', at('state'), '--address', address]
  const daemon = await startDaemon(machine, home.path, {
    program: 'containerd',
    args: [...places, '--log-level', 'error'],
    answers: () => ctr('version'),
  }).catch(async (error) => {
    await home.remove()
    throw error
  })
  const content = openContent(machine, address, NAMESPACE)

  const images = async (): Promise<LoadedImage[]> => {
    const names = new Map<string, string[]>()
    for (const [name = '', digest = ''] of await listed(ctr)) names.set(digest, [...(names.get(digest) ?? []), name])
    return Promise.all(
      [...names].map(async ([digest, list]) => {
        const configs = await content.configsOf(digest)
        const own = configs.find(({ platform }) => platform === PLATFORM) ?? configs[0]
        const config = own?.config ?? {}
        return { id: own?.digest ?? 'of no config', digest, names: list.sort(), layers: own?.diffIDs ?? [], config }
      }),
    )
  }
  return {
    load: async (archive) => void (await ctr('images', 'import', '--all-platforms', archive)),
    loadFrom: (write) => machine.feed(write, 'ctr', ...client, 'images', 'import', '--all-platforms', '-'),
    images,
    unpack: async ({ names: [name = ''] }) => {
      await ctr('containers', 'create', name, 'unpack', '/none')
      await ctr('containers', 'rm', 'unpack')
    },
    run: ({ names: [name = ''] }, ...command) => ctr('run', '--rm', '--fifo-dir', at('fifo'), name, 'run', ...command),
    reset: async () => {
      const names = (await listed(ctr)).map(([name = '']) => name)
      if (names.length > 0) await ctr('images', 'rm', '--sync', ...names)
    },
    stop: async () => {
      await daemon.stop()
      await home.remove()
    },
    nameOf: (fullName, { isFull }) => (isFull ? fullName : familiarName(fullName)),
  }
}

/** Name, media type and digest of each image. */
async function listed(ctr: (...args: string[]) => Promise<string>): Promise<string[][]> {
  const [, ...lines] = (await ctr('images', 'ls')).split('\n')
  return lines.map((line) => line.split(/ +/)).map(([name = '', , digest = '']) => [name, digest])
}
