import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArchiveFormat } from '../../src/index.js'
import { familiarName } from '../../src/spec/reference.js'
import { type Content, openContent } from './content.js'
import { makeHome, startDaemon } from './daemon.js'
import { type Engine, type LoadedImage, OCI_FIELDS } from './engine.js'
import type { Machine } from './machine.js'

/** Which Docker wrote an archive. */
export interface Writer {
  /** How it arranges what it saves. */
  saves: ArchiveFormat
  /** The first number of its version. */
  era: number
}

/** A Docker daemon, and what its command line does with it. */
export interface Docker extends Engine, Writer {
  /** Saves images to an archive. */
  save(path: string, ...references: string[]): Promise<void>
  tag(image: string, name: string): Promise<void>
  /** Makes an image of a tar, with changes as Dockerfile instructions. */
  import(tar: string, name: string, ...changes: string[]): Promise<void>
  /** Writes the file system of a new container to a tar. */
  export(image: LoadedImage, path: string): Promise<void>
  /** Builds what the Dockerfile in a directory says, with the builder that the daemon itself has. */
  build(directory: string, name: string): Promise<void>
}

/** The stores that a daemon can keep its images in. */
export type Store = 'classic' | 'containerd'

/** What `docker image inspect` says, as far as it is looked at. */
interface Inspected {
  Id: string
  RepoTags: string[] | null
  RootFS: { Layers?: string[] | null }
  Config: Record<string, unknown> | null
}

/** Starts a daemon of its own, which no network and no other daemon knows of. */
export async function startDockerd(
  machine: Machine,
  { store = 'classic', timeZone = 'UTC' }: { store?: Store; timeZone?: string } = {},
): Promise<Docker> {
  const home = await makeHome()
  const at = (name: string) => join(home.path, name)
  const client = ['-H', `unix://${at('d.sock')}`]
  const docker = (...args: string[]) => machine.run('docker', ...client, ...args)
  await writeFile(at('config.json'), JSON.stringify({ features: { 'containerd-snapshotter': store === 'containerd' } }))
  const args = ['--config-file', at('config.json'), '--data-root', at('data'), '--exec-root', at('exec')]
  const apart = ['--iptables=false', '--ip6tables=false', '--bridge=none']
  const daemon = await startDaemon(machine, home.path, {
    program: 'dockerd',
    args: [...args, '--pidfile', at('pid'), '-H', `unix://${at('d.sock')}`, ...apart],
    answers: () => docker('version'),
    timeZone,
  }).catch(async (error) => {
    await home.remove()
    throw error
  })
  const content = openContent(machine, at('exec/containerd/containerd.sock'), 'moby')

  const era = Number.parseInt(await docker('version', '--format', '{{.Server.Version}}'), 10)

  return {
    era,
    saves: store === 'containerd' ? 'docker' : era < 25 ? 'docker-legacy' : 'docker-25',
    load: async (archive) => void (await docker('load', '-i', archive)),
    loadFrom: (write) => machine.feed(write, 'docker', ...client, 'load'),
    images: async () => {
      const ids = await imageIDs(docker)
      if (ids.length === 0) return []
      const inspected: Inspected[] = JSON.parse(await docker('image', 'inspect', ...ids))
      return store === 'classic' ? inspected.map(loaded) : Promise.all(inspected.map((image) => stored(image, content)))
    },
    unpack: async (image) => {
      await docker('rm', await docker('create', addressOf(image), '/none'))
    },
    run: (image, ...command) => docker('run', '--rm', '--network', 'none', addressOf(image), ...command),
    reset: async () => void (await docker('image', 'prune', '--all', '--force')),
    stop: async () => {
      await daemon.stop()
      await home.remove()
    },
    nameOf: familiarName,
    ...(store === 'classic' && era < 28 ? {} : { tells: [...OCI_FIELDS, 'Healthcheck', 'OnBuild', 'Shell'] }),
    save: async (path, ...references) => void (await docker('save', '-o', path, ...references)),
    tag: async (image, name) => void (await docker('tag', image, name)),
    import: async (tar, name, ...changes) => {
      await docker('import', ...changes.flatMap((change) => ['--change', change]), tar, name)
    },
    export: async (image, path) => {
      const container = await docker('create', addressOf(image), '/none')
      await docker('export', '-o', path, container)
      await docker('rm', container)
    },
    build: async (directory, name) => {
      const args = ['build', '--network', 'none', '-t', name, directory]
      await machine.run('env', 'DOCKER_BUILDKIT=0', 'docker', ...client, ...args)
    },
  }
}

async function imageIDs(docker: (...args: string[]) => Promise<string>): Promise<string[]> {
  const listed = await docker('images', '--quiet', '--no-trunc')
  return [...new Set(listed.split('\n').filter((id) => id !== ''))]
}

function addressOf({ id, digest }: LoadedImage): string {
  return digest ?? id
}

function loaded({ Id, RepoTags, RootFS, Config }: Inspected): LoadedImage {
  return { id: Id, names: [...(RepoTags ?? [])].sort(), layers: RootFS.Layers ?? [], config: Config ?? {} }
}

/** The containerd store's IDs are digests of manifests; the config's has to be looked up. */
async function stored(image: Inspected, content: Content): Promise<LoadedImage> {
  const configs = await content.configsOf(image.Id)
  const layers = JSON.stringify(image.RootFS.Layers ?? [])
  const config = configs.find(({ diffIDs }) => JSON.stringify(diffIDs) === layers)
  return { ...loaded(image), id: config?.digest ?? 'of no config', digest: image.Id }
}
