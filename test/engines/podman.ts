import { join } from 'node:path'
import { makeHome } from './daemon.js'
import { type Engine, OCI_FIELDS } from './engine.js'
import type { Machine } from './machine.js'

/** What `podman image inspect` says, as far as it is looked at. */
interface Inspected {
  Id: string
  RepoTags: string[] | null
  RootFS: { Layers: string[] | null }
  Config: Record<string, unknown>
}

/** Podman with images of its own; it needs no service. */
export async function startPodman(machine: Machine): Promise<Engine> {
  const home = await makeHome()
  const places = ['root', 'runroot', 'tmpdir'].flatMap((name) => [`--${name}`, join(home.path, name)])
  // crun fails where there are control groups of both versions.
  const runtime = machine.has('runc') ? ['--runtime', 'runc'] : []
  const common = [...places, '--storage-driver', 'vfs', ...runtime]
  const podman = (...args: string[]) => machine.run('podman', ...common, ...args)
  // Its own limits are higher than what a test may be allowed.
  const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024']

  return {
    load: async (archive) => void (await podman('load', '-q', '-i', archive)),
    loadFrom: (write) => machine.feed(write, 'podman', ...common, 'load', '-q'),
    images: async () => {
      const ids = (await podman('images', '--quiet', '--no-trunc')).split('\n').filter((id) => id !== '')
      if (ids.length === 0) return []
      const inspected: Inspected[] = JSON.parse(await podman('image', 'inspect', ...new Set(ids)))
      return inspected.map(({ Id, RepoTags, RootFS, Config }) => ({
        id: `sha256:${Id}`,
        names: [...(RepoTags ?? [])].sort(),
        layers: RootFS.Layers ?? [],
        config: Config,
      }))
    },
    unpack: async ({ id }) => void (await podman('rm', await podman('create', '--network', 'none', id, '/none'))),
    run: ({ id }, ...command) => podman('run', '--rm', '--network', 'none', ...limits, id, ...command),
    reset: async () => void (await podman('rmi', '--all', '--force')),
    stop: home.remove,
    tells: OCI_FIELDS,
    // Several images of an index are too many for it; it takes manifest.json instead, where names are short.
    nameOf: (fullName, { isHybrid, entries, isFull }) =>
      isHybrid && isFull && entries === 1 ? fullName : fullName.replace(/^docker\.io\/(library\/)?/, 'localhost/'),
  }
}
