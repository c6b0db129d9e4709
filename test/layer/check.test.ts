import { describe, expect, test } from 'vitest'
import {
  assertCount,
  assertDiffID,
  assertLayersAgree,
  diffIDsOf,
  isImage,
  warnOfConfig,
  warnOfMediaType,
} from '../../src/layer/check.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_CONFIG } from '../../src/spec/mediaTypes.js'
import type { Descriptor, ImageConfig, Manifest } from '../../src/spec/parse.js'
import type { Warning } from '../../src/spec/warnings.js'

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

  test('that holds no layers is accepted', async () => {
    await assertLayersAgree(manifest(['application/vnd.in-toto+json', B]), config(A), unasked)
    await assertLayersAgree(manifest([TAR, B]), {}, unasked)
  })
})

describe('a history', () => {
  const step = { created_by: 'COPY . /' }
  const empty = { created_by: 'ENV a=b', empty_layer: true }

  test.each<[string, ImageConfig['history'], string[]]>([
    ['of as many layers as there are', [step, step], [A, B]],
    ['with steps that made no layer', [empty, step, empty, step, empty], [A, B]],
    ['with steps that say that they made one', [{ empty_layer: false }, step], [A, B]],
    ['of no layer, where there is none', [empty], []],
    ['of nothing', [], [A, B]],
    ['of null', null, [A, B]],
    ['that is not there', undefined, [A, B]],
  ])('%s is no oddity', (_, history, diffIDs) => {
    expect(told({ ...config(...diffIDs), ...(history === undefined ? {} : { history }) })).toEqual([])
  })

  test.each<[string, ImageConfig['history'], string[], string]>([
    ['of fewer layers', [step], [A, B], 'the history describes 1 layer, but there are 2'],
    ['of more layers', [step, step, step], [A, B], 'the history describes 3 layers, but there are 2'],
    ['of no layer', [empty, empty], [A], 'the history describes 0 layers, but there are 1'],
    ['of a layer where there is none', [step], [], 'the history describes 1 layer, but there are 0'],
  ])('%s is told with both counts', (_, history, diffIDs, message) => {
    expect(told({ ...config(...diffIDs), ...(history == null ? {} : { history }) })).toEqual([
      { code: 'HISTORY', message, where: 'config.json' },
    ])
  })

  test('is told of where the config has no rootfs, too', () => {
    expect(told({ history: [step] })).toMatchObject([{ code: 'HISTORY' }])
  })

  function told(parsed: ImageConfig): Warning[] {
    const warnings: Warning[] = []
    const read = { config: parsed, bytes: Buffer.from('{}'), where: 'config.json' }
    warnOfConfig(read, (warning) => void warnings.push(warning))
    return warnings
  }
})

describe('a media type', () => {
  test.each([
    [TAR, 'none', undefined],
    [`${TAR}+gzip`, 'gzip', undefined],
    [`${TAR}+zstd`, 'zstd', undefined],
    [TAR, 'gzip', /compressed with gzip, although its media type is .*tar$/],
    [`${TAR}+gzip`, 'none', /not compressed, although/],
    [`${TAR}+gzip`, 'zstd', /compressed with zstd, although/],
    [`${TAR}+gzip`, 'xz', /compressed with xz, although/],
  ] as const)('%s of a layer that is compressed with %s is told unless it is right', (mediaType, found, message) => {
    const warnings: Warning[] = []
    warnOfMediaType({ mediaType, digest: A, size: 1 }, found, (warning) => void warnings.push(warning))
    const expected = { code: 'MEDIA_TYPE', where: A, message: expect.stringMatching(message ?? '') }
    expect(warnings).toEqual(message === undefined ? [] : [expected])
  })
})

test.each([
  ['layers of a tar', manifest([TAR, A], [`${TAR}+gzip`, B]), true],
  ['no layers', manifest(), true],
  ['foreign layers', manifest(['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', A]), true],
  ['something else', manifest([TAR, A], ['application/vnd.in-toto+json', B]), false],
  ['another config', { ...manifest([TAR, A]), config: { mediaType: 'application/x', digest: A, size: 1 } }, false],
])('a manifest of %s is one of an image: %#', (_, document, expected) => {
  expect(isImage(document)).toBe(expected)
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
