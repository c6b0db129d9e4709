import { isIndexType, isManifestType } from '../spec/mediaTypes.js'
import { warnOfBytes, warnOfMissing, warnOfOddities } from '../spec/oddities.js'
import type { Descriptor } from '../spec/parse.js'
import type { Warn } from '../spec/warnings.js'
import type { DocumentNode, Node } from '../store/nodes.js'
import { warnOfSparse } from './incomplete.js'

/** Warns about oddities of images and of the content that they reach. */
export function warnOfGraph(roots: readonly Descriptor[], nodes: readonly Node[], warn: Warn): void {
  for (const node of nodes) {
    const where = node.descriptor.digest
    if ('document' in node) warnOfDocument(node, warn)
    else if (node.kind === 'blob' && node.children !== undefined) {
      warn({ code: 'UNKNOWN_TYPE', message: 'a manifest without a config is copied as it is', where })
    }
  }
  warnOfSparse(nodes, warn)
  warnOfUnknown(roots, nodes, warn)
}

function warnOfDocument({ kind, descriptor, document, bytes }: DocumentNode, warn: Warn): void {
  const [where, stated] = [descriptor.digest, document.mediaType]
  warnOfOddities({ kind, value: document, where }, warn)
  warnOfMissing(kind, { value: document, where }, warn)
  warnOfBytes(bytes, where, warn)
  if (stated === undefined || stated === descriptor.mediaType) return
  const message = `its own media type is ${stated}, but its descriptor says ${descriptor.mediaType}; both are kept`
  warn({ code: 'MEDIA_TYPE', message, where })
}

/** Warns about listed content of unknown type: it may name other content, which would be left behind. */
function warnOfUnknown(roots: readonly Descriptor[], nodes: readonly Node[], warn: Warn): void {
  const listed = [...roots, ...nodes.flatMap((node) => (node.kind === 'index' ? node.children : []))]
  for (const [digest, mediaType] of new Map(listed.map(({ digest, mediaType }) => [digest, mediaType]))) {
    if (isIndexType(mediaType) || isManifestType(mediaType)) continue
    const type = mediaType === '' ? 'it has no media type' : `its media type, ${mediaType}, is unknown`
    const message = `${type}; it is copied as it is, without content that it may name`
    warn({ code: 'UNKNOWN_TYPE', message, where: digest })
  }
}
