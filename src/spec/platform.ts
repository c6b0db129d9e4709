import { quoted } from './cut.js'
import { ImageError } from './errors.js'

/** Operating system, CPU architecture and its variant, in Go's words (OCI image-spec, image-index.md). */
export interface PlatformName {
  os: string
  architecture: string
  variant?: string
}

/**
 * Reads `os/arch` or `os/arch/variant`, with the usual other names of architectures.
 * @throws ImageError USAGE
 */
export function parsePlatform(text: string): PlatformName {
  const [os, architecture, variant, ...rest] = text.toLowerCase().split('/')
  if (!os || !architecture || variant === '' || rest.length > 0) {
    throw new ImageError('USAGE', 'not a platform', {
      expected: 'os/arch or os/arch/variant',
      found: quoted(text),
    })
  }
  return normalisePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) })
}

/** `os/arch` or `os/arch/variant`; undefined where the parts are missing. */
export function printPlatform(platform: Partial<PlatformName> | undefined): string | undefined {
  const parts = [platform?.os, platform?.architecture, platform?.variant].filter(
    (part) => part !== undefined && part !== '',
  )
  return parts.length === 0 ? undefined : parts.join('/')
}

/** True if the image's platform is the one wanted; a variant that was not asked for does not matter. */
export function platformMatches(wanted: PlatformName, found: PlatformName): boolean {
  const have = normalisePlatform(found)
  if (wanted.os !== have.os || wanted.architecture !== have.architecture) return false
  return wanted.variant === undefined || wanted.variant === (have.variant ?? defaultVariant(have.architecture))
}

/** What runs in containers on this machine: Linux, on its processor. */
export function hostPlatform(): PlatformName {
  return normalisePlatform({ os: 'linux', architecture: NODE_ARCHITECTURES.get(process.arch) ?? process.arch })
}

/** `os/arch` or `os/arch/variant` in one spelling for each platform; undefined where the parts are missing. */
export function printNormalised(platform: PlatformName | undefined): string | undefined {
  if (platform === undefined) return undefined
  const normal = normalisePlatform(platform)
  const variant = normal.variant ?? defaultVariant(normal.architecture)
  return printPlatform({ ...normal, ...(variant === undefined ? {} : { variant }) })
}

/** As containerd normalises: arm64/v8 is arm64, amd64/v1 is amd64, x86_64 is amd64, arm alone is arm/v7. */
function normalisePlatform({ os, architecture, variant }: PlatformName): PlatformName {
  const name = ARCHITECTURES.get(architecture) ?? architecture
  const plain = (name === 'arm64' && (variant === 'v8' || variant === '8')) || (name === 'amd64' && variant === 'v1')
  return { os, architecture: name, ...(variant === undefined || variant === '' || plain ? {} : { variant }) }
}

/** True of the variant that is meant when none is named, as arm/v7 for arm. */
export function hasUsualVariant(platform: PlatformName): boolean {
  const { architecture, variant } = normalisePlatform(platform)
  return variant === undefined || variant === defaultVariant(architecture)
}

function defaultVariant(architecture: string): string | undefined {
  return architecture === 'arm' ? 'v7' : undefined
}

/** Node's names of architectures that are not Go's. */
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
