import { tableOf } from '../../layer/nodeTable.js'
import { rolesIn } from '../../layer/role.js'
import { isIndexType } from '../../spec/mediaTypes.js'
import type { Descriptor } from '../../spec/parse.js'
import { printPlatform } from '../../spec/platform.js'
import type { Warn } from '../../spec/warnings.js'
import type { GraphWalks } from '../../store/walks.js'
import type { Exportable } from './exportable.js'

/**
 * Warns about the platforms and attestations of indexes that the format leaves out: it holds only one platform of an
 * image.
 */
export async function warnOfUnheld(
  entries: readonly Descriptor[],
  images: readonly Exportable[],
  { walks, era, warn }: { walks: GraphWalks; era: string; warn: Warn },
): Promise<void> {
  const held = new Set<string>(images.map(({ digest }) => digest))
  const indexes = new Map(
    entries.filter(({ mediaType }) => isIndexType(mediaType)).map((entry) => [entry.digest, entry]),
  )
  for (const index of indexes.values()) {
    const nodes = await walks.nodesOf([index])
    const roleOf = rolesIn(nodes)
    const { incomplete } = tableOf(nodes)
    for (const { kind, descriptor } of nodes) {
      const { digest, platform } = descriptor
      // Reading the source already warned about incomplete images.
      if (kind !== 'manifest' || held.has(digest) || incomplete.has(digest)) continue
      held.add(digest)
      const role = roleOf(descriptor)
      const message =
        role.kind === 'attestation'
          ? `${era} cannot hold attestations; the one for ${role.about} is left out`
          : `${era} holds one platform of an image; ${printPlatform(platform) ?? 'another'} is left out`
      if (role.kind !== 'artifact') warn({ code: 'LEFT_OUT', message, where: digest })
    }
  }
}
