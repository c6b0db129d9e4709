import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { single } from '../../src/bytes/bytes.js'
import { compress, compressorOf, decompress } from '../../src/compression/codecs.js'
import { diffIDOf, storeLayer } from '../../src/layer/pipeline.js'
import type { Compression, LayerChoice } from '../../src/spec/compression.js'
import { digestOf } from '../../src/spec/digest.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'
import { MemorySink } from '../fixtures/memory.js'
import { tar } from '../fixtures/tar.js'

const plain = tar([{ name: 'file', content: content(1_500_000) }])
const FORMS: Compression[] = ['none', 'gzip', 'zstd']
const CHOICES: [LayerChoice, Compression | undefined][] = [
  ['keep', undefined],
  ['uncompressed', 'none'],
  ['gzip', 'gzip'],
  ['zstd', 'zstd'],
]

describe.each(FORMS)('a layer that comes as %s', (form) => {
  test.each(CHOICES)('is stored as chosen, and told what it is: %s', async (layers, wanted = form) => {
    const coming = await formed(form)
    const sink = new MemorySink()
    const claim = { digest: digestOf(coming), size: coming.length }
    const layer = await storeLayer({ bytes: inChunks(coming, 10_007), claim }, sink, { layers, jobs: 2 })
    const stored = sink.staged.get(layer.digest) ?? Buffer.alloc(0)
    expect(layer).toEqual({
      digest: digestOf(stored),
      size: stored.length,
      compression: wanted,
      diffID: digestOf(plain),
      ...(wanted === form || wanted === 'none' ? {} : { compressor: compressorOf(wanted, {}) }),
    })
    expect((await collect(decompress(single(stored), wanted))).equals(plain)).toBe(true)
    if (wanted === form) expect(stored.equals(coming)).toBe(true)
    expect(sink.staged.size).toBe(1)
  })

  test.each(CHOICES)('has to be what it was claimed to be: %s', async (layers) => {
    const coming = await formed(form)
    const claim = { digest: digestOf(plain.subarray(1)), size: coming.length }
    const storing = storeLayer({ bytes: inChunks(coming, 65536), claim }, new MemorySink(), { layers, jobs: 1 })
    await expect(storing).rejects.toMatchObject({ code: 'INTEGRITY', expected: claim.digest, found: digestOf(coming) })
  })

  test('has a diffID without being stored', async () => {
    expect(await diffIDOf(inChunks(await formed(form), 65536))).toBe(digestOf(plain))
  })
})

describe('a layer', () => {
  test.each(['uncompressed', 'zstd'] as const)('of damaged gzip is refused: %s', async (layers) => {
    const damaged = gzipSync(plain)
    damaged.writeUInt32LE(7, damaged.length - 8)
    const storing = storeLayer({ bytes: inChunks(damaged, 4096) }, new MemorySink(), { layers, jobs: 1 })
    await expect(storing).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test('of gzip that was cut off is refused', async () => {
    const cut = gzipSync(plain).subarray(0, -9)
    const storing = storeLayer({ bytes: inChunks(cut, 4096) }, new MemorySink(), { layers: 'keep', jobs: 1 })
    await expect(storing).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test('fails as its source fails', async () => {
    for (const layers of ['keep', 'gzip'] as const) {
      const storing = storeLayer({ bytes: breaking(gzipSync(plain)) }, new MemorySink(), { layers, jobs: 1 })
      await expect(storing).rejects.toThrow('the source broke')
    }
  })

  test.each(FORMS)('of %s fails as its sink fails, also if that takes nothing', async (form) => {
    const refusing = { put: () => Promise.reject(new Error('no room')) }
    const storing = storeLayer({ bytes: inChunks(await formed(form), 4096) }, refusing, { layers: 'keep', jobs: 1 })
    await expect(storing).rejects.toThrow(/^no room$/)
  })
})

function formed(form: Compression): Promise<Buffer> {
  return collect(compress(single(plain), form, { jobs: 1 }))
}

async function* breaking(bytes: Buffer) {
  yield* inChunks(bytes.subarray(0, 20_000), 4096)
  throw new Error('the source broke')
}
