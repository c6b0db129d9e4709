import { describe, expect, test } from 'vitest'
import { assertCount, assertDiffID, assertLayersAgree, diffIDsOf } from '../../src/layer/check.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_CONFIG } from '../../src/spec/mediaTypes.js'
import type { Descriptor, Manifest } from '../../src/spec/parse.js'

const [A, B] = [digestOf(Buffer.from('a')), digestOf(Buffer.from('b'))]
const TAR = 'application/vnd.oci.image.layer.v1.tar'

describe('diffIDs', () => {
  test('are those of the rootfs, none if it lists null, unknown without one', () => {
    expect(diffIDsOf({ rootfs: { type: 'layers', diff_ids: [A] } })).toEqual([A])
    expect(diffIDsOf({ rootfs: { type: 'layers', diff_ids: null } })).toEqual([])
    expect(diffIDsOf({})).toBeUndefined()
  })

  test('have to agree in number and one by one, and errors have both values', () => {
    assertCount(2, 2)
    assertDiffID(A, A, 0)
    expect(() => assertCount(2, 1)).toThrow(expect.objectContaining({ code: 'INTEGRITY', found: 1 }))
    expect(() => assertDiffID(A, B, 3)).toThrow(expect.objectContaining({ expected: A, found: B }))
    expect(() => assertDiffID(undefined, B, 3)).toThrow(expect.objectContaining({ expected: 'none', found: B }))
  })
})

describe('a manifest', () => {
  test('agrees layer by layer, as far as diffIDs are known', async () => {
    const two = manifest([TAR, A], [`${TAR}+gzip`, B])
    await assertLayersAgree(two, config(A, B), known({ [A]: A, [B]: B }))
    await assertLayersAgree(two, config(A, B), known({}))
    const refused = expect(assertLayersAgree(two, config(A, A), known({ [A]: A, [B]: B }))).rejects
    await refused.toMatchObject({ code: 'INTEGRITY', expected: A, found: B })
    await refused.toThrow(/diffID of layer 1 differs: expected .*, found/)
  })

  test('asks for the diffID of each layer, with the one that the config says', async () => {
    const asked: [string, string][] = []
    const answer = (layer: Descriptor, claimed: string) => {
      asked.push([layer.digest, claimed])
      return Promise.resolve(claimed)
    }
    await assertLayersAgree(manifest([TAR, A], [`${TAR}+zstd`, B]), config(B, A), answer)
    expect(asked).toEqual([
      [A, B],
      [B, A],
    ])
  })

  test('has as many layers as the config says, also if they are compressed', async () => {
    const refused = assertLayersAgree(manifest([`${TAR}+gzip`, B]), config(A, B), unasked)
    await expect(refused).rejects.toThrow(/count of layers/)
  })

  test('that holds no layers is let be', async () => {
    await assertLayersAgree(manifest(['application/vnd.in-toto+json', B]), config(A), unasked)
    await assertLayersAgree(manifest([TAR, B]), {}, unasked)
  })
})

function known(diffIDs: Record<string, string>) {
  return ({ digest }: Descriptor) => Promise.resolve(diffIDs[digest])
}

function unasked(): never {
  return expect.unreachable()
}

function config(...diffIDs: string[]) {
  return { rootfs: { type: 'layers' as const, diff_ids: diffIDs } }
}

function manifest(...layers: [mediaType: string, digest: string][]): Manifest {
  return {
    schemaVersion: 2,
    config: { mediaType: OCI_CONFIG, digest: A, size: 1 },
    layers: layers.map(([mediaType, digest]) => ({ mediaType, digest, size: 1 })),
  }
}
