import type { ExactObject } from '../spec/json/exact.js'
import { exactOf, type Plain } from './exactJSON.js'

/** Version of the runtime-spec that the default config is of. */
export const RUNTIME_VERSION = '1.2.1'

const CAPABILITIES = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE']

const NOT_RUNNABLE = ['nosuid', 'noexec']

/** The config that umoci 0.6 starts from. */
const DEFAULTS: Readonly<Record<string, Plain>> = {
  ociVersion: RUNTIME_VERSION,
  process: {
    terminal: true,
    args: ['sh'],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'TERM=xterm'],
    cwd: '/',
    capabilities: {
      bounding: CAPABILITIES,
      effective: CAPABILITIES,
      inheritable: CAPABILITIES,
      permitted: CAPABILITIES,
      ambient: CAPABILITIES,
    },
    rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
    noNewPrivileges: true,
  },
  hostname: 'umoci-default',
  mounts: [
    mount('proc', '/proc', 'proc'),
    mount('tmpfs', '/dev', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=65536k']),
    mount('devpts', '/dev/pts', 'devpts', [...NOT_RUNNABLE, 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5']),
    mount('shm', '/dev/shm', 'tmpfs', [...NOT_RUNNABLE, 'nodev', 'mode=1777', 'size=65536k']),
    mount('mqueue', '/dev/mqueue', 'mqueue', [...NOT_RUNNABLE, 'nodev']),
    mount('sysfs', '/sys', 'sysfs', [...NOT_RUNNABLE, 'nodev', 'ro']),
    mount('cgroup', '/sys/fs/cgroup', 'cgroup', [...NOT_RUNNABLE, 'nodev', 'relatime', 'ro']),
  ],
  linux: {
    resources: { devices: [{ allow: false, access: 'rwm' }] },
    namespaces: ['cgroup', 'pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
    maskedPaths: [
      '/proc/kcore',
      '/proc/latency_stats',
      '/proc/timer_list',
      '/proc/timer_stats',
      '/proc/sched_debug',
      '/sys/firmware',
      '/proc/scsi',
    ],
    readonlyPaths: ['/proc/asound', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  },
}

/** Returns a new runtime config for any image. */
export function defaultRuntimeConfig(): ExactObject {
  return new Map(Object.entries(DEFAULTS).map(([key, value]) => [key, exactOf(value)]))
}

function mount(source: string, destination: string, type: string, options?: string[]): Plain {
  return { destination, type, source, options }
}
