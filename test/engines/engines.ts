import { startContainerd } from './containerd.js'
import { type Docker, startDockerd } from './dockerd.js'
import type { Kind } from './engine.js'
import { HOST, OTHER } from './machine.js'
import { startPodman } from './podman.js'

const machines = [HOST, OTHER]

/** Docker's daemon with the store that it had first. */
export const CLASSIC: readonly Kind<Docker>[] = machines.map((machine) => {
  return { family: 'dockerd', machine, programs: ['dockerd', 'docker'], start: (on) => startDockerd(on) }
})

/** Docker's daemon with the store of containerd. */
export const STORED: Kind<Docker> = {
  family: 'dockerd, containerd store',
  machine: OTHER,
  programs: ['dockerd', 'docker', 'ctr'],
  start: (machine) => startDockerd(machine, { store: 'containerd' }),
}

const podmans = machines.map((machine): Kind => {
  return { family: 'podman', machine, programs: ['podman'], start: startPodman }
})

/** containerd by itself. */
export const CONTAINERDS: readonly Kind[] = machines.map((machine) => {
  return { family: 'containerd', machine, programs: ['containerd', 'ctr'], start: startContainerd }
})

/** All engines that keep and run images, of this machine and of the root that the user named. */
export const ENGINES: readonly Kind[] = [...CLASSIC, STORED, ...podmans, ...CONTAINERDS]
