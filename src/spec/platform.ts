import { quoted } from './cut.js'
import { ImageError } from './errors.js'

/** Operating system, CPU architecture and its variant, in Go's words (OCI image-spec, image-index.md). */
export interface PlatformName {
  os: string
  architecture: string
  variant?: string
  /** For Windows: `10.0.20348.2227`. */
  'os.version'?: string | null
  'os.features'?: readonly string[] | null
}

/**
 * Reads `os/arch` or `os/arch/variant`. It accepts other usual names of architectures, and a version of the system: as
 * containerd writes it, `windows(10.0.20348)/amd64`, also with features, `windows(10.0.20348+win32k)/amd64`, or as
 * crane does: `windows/amd64:10.0.20348.2227`.
 * @throws ImageError USAGE
 */
export function parsePlatform(text: string): PlatformName {
  const parts = PLATFORM.exec(text.toLowerCase())?.groups ?? {}
  const { os, inner, architecture, variant, outer } = parts
  if (os === undefined || architecture === undefined || (inner !== undefined && outer !== undefined)) {
    throw new ImageError('USAGE', 'not a platform', {
      expected: 'os/arch or os/arch/variant, or os(version)/arch',
      found: quoted(text),
    })
  }
  const [version, ...features] = (inner ?? outer ?? '').split('+')
  return {
    ...normalisePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) }),
    ...(version === undefined || version === '' ? {} : { 'os.version': version }),
    ...(features.length === 0 ? {} : { 'os.features': features }),
  }
}

const PLATFORM =
  /^(?<os>[^/():]+)(?:\((?<inner>[^/():]+)\))?\/(?<architecture>[^/():]+)(?:\/(?<variant>[^/():]+))?(?::(?<outer>[^/():]+))?$/

/**
 * Returns `os/arch` or `os/arch/variant`, with a version of the system in brackets after `os`; undefined if there are
 * no parts.
 */
export function printPlatform(platform: Partial<PlatformName> | undefined): string | undefined {
  const { os, architecture, variant, 'os.version': version, 'os.features': features } = platform ?? {}
  const inner = [version ?? '', ...(features ?? [])].join('+')
  const system = inner === '' ? os : `${os ?? ''}(${inner})`
  const parts = [system, architecture, variant].filter((part) => part !== undefined && part !== '')
  return parts.length === 0 ? undefined : parts.join('/')
}

/**
 * True if the image has the wanted platform. A variant or version that is not wanted does not matter. Of a version only
 * the wanted parts count, since Windows runs images of its own build.
 */
export function platformMatches(wanted: PlatformName, found: PlatformName): boolean {
  const have = normalisePlatform(found)
  if (wanted.os !== have.os || wanted.architecture !== have.architecture) return false
  if (!hasVersion(wanted, found)) return false
  return wanted.variant === undefined || wanted.variant === (have.variant ?? defaultVariant(have.architecture))
}

function hasVersion(wanted: PlatformName, found: PlatformName): boolean {
  const [version, features] = [wanted['os.version'] ?? '', wanted['os.features'] ?? []]
  const own = found['os.version']?.toLowerCase() ?? ''
  if (version !== '' && own !== version && !own.startsWith(`${version}.`)) return false
  const has = new Set(found['os.features']?.map((feature) => feature.toLowerCase()))
  return features.every((feature) => has.has(feature))
}

/** True if two platforms differ only in the system's version or features. */
export function differInVersion(one: PlatformName, other: PlatformName): boolean {
  const plain = ({ os, architecture, variant = '' }: PlatformName) =>
    printNormalised({ os, architecture, ...(variant === '' ? {} : { variant }) })
  return plain(one) === plain(other) && printNormalised(one) !== printNormalised(other)
}

/** Returns the platform of containers on this machine: Linux, on its processor. */
export function hostPlatform(): PlatformName {
  return normalisePlatform({ os: 'linux', architecture: NODE_ARCHITECTURES.get(process.arch) ?? process.arch })
}

/** Returns `os/arch` or `os/arch/variant` in one spelling for each platform; undefined if there are no parts. */
export function printNormalised(platform: PlatformName | undefined): string | undefined {
  if (platform === undefined) return undefined
  const normal = normalisePlatform(platform)
  const variant = normal.variant ?? defaultVariant(normal.architecture)
  return printPlatform({ ...normal, ...(variant === undefined ? {} : { variant }) })
}

/** Normalises as containerd does: arm64/v8 is arm64, amd64/v1 is amd64, x86_64 is amd64, arm alone is arm/v7. */
function normalisePlatform({ os, architecture, variant, ...system }: PlatformName): PlatformName {
  const name = ARCHITECTURES.get(architecture) ?? architecture
  const plain = (name === 'arm64' && (variant === 'v8' || variant === '8')) || (name === 'amd64' && variant === 'v1')
  return { ...system, os, architecture: name, ...(variant === undefined || variant === '' || plain ? {} : { variant }) }
}

/** True if the variant is the usual one of its architecture, as v7 of arm. */
export function hasUsualVariant(platform: PlatformName): boolean {
  const { architecture, variant } = normalisePlatform(platform)
  return variant === undefined || variant === defaultVariant(architecture)
}

function defaultVariant(architecture: string): string | undefined {
  return architecture === 'arm' ? 'v7' : undefined
}

/** Node's names of architectures where Go's differ. */
const NODE_ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['x64', 'amd64'],
  ['ia32', '386'],
  ['ppc64', 'ppc64le'],
  ['mipsel', 'mipsle'],
])

const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['aarch64', 'arm64'],
  ['armhf', 'arm'],
  ['i386', '386'],
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
])
