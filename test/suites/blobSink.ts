import { describe, expect, test } from 'vitest'
import { single } from '../../src/bytes/bytes.js'
import { digestOf } from '../../src/spec/digest.js'
import type { Descriptor, Index } from '../../src/spec/parse.js'
import type { BlobSink } from '../../src/store/blobSink.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'
import { addImage, addIndex, image, type Layout } from '../fixtures/image.js'

/** A place that sinks open, and what others see there. */
export interface Place {
  open(): Promise<BlobSink>
  index(): Promise<Index>
  /** Blobs that are visible, by digest. */
  blobs(): Promise<Map<string, Buffer>>
}

/** What every sink promises. */
export function blobSinkSuite(name: string, make: () => Promise<Place>): void {
  describe(`${name} as a blob sink`, () => {
    test('says what the bytes were, however they were cut', async () => {
      await using sink = await (await make()).open()
      const bytes = content(100_000)
      expect(await sink.put(inChunks(bytes, 777))).toEqual({ digest: digestOf(bytes), size: 100_000 })
      expect(sink.bytesWritten).toBe(100_000)
    })

    test('gives back what was put before any commit', async () => {
      await using sink = await (await make()).open()
      const bytes = content(3000)
      const claim = await sink.put(inChunks(bytes, 1000))
      expect(await collect(sink.open(claim))).toEqual(bytes)
    })

    test('takes an empty blob', async () => {
      await using sink = await (await make()).open()
      const sum = await sink.put(single(Buffer.alloc(0)))
      expect(sum).toEqual({ digest: digestOf(Buffer.alloc(0)), size: 0 })
      expect(await sink.has(sum)).toBe(true)
    })

    test('hashes with the algorithm that the claim names', async () => {
      await using sink = await (await make()).open()
      const bytes = Buffer.from('text')
      const claim = { digest: digestOf(bytes, 'sha512'), size: 4 }
      expect(await sink.put(single(bytes), claim)).toEqual(claim)
      expect(await sink.has(claim)).toBe(true)
    })

    test('refuses a wrong digest with both values, and does not keep the bytes', async () => {
      await using sink = await (await make()).open()
      const [claimed, found] = [digestOf(Buffer.from('this')), digestOf(Buffer.from('that'))]
      const putting = sink.put(single(Buffer.from('that')), { digest: claimed, size: 4 })
      await expect(putting).rejects.toMatchObject({ code: 'INTEGRITY', expected: claimed, found })
      expect(await sink.has({ digest: claimed, size: 4 })).toBe(false)
      expect(await sink.has({ digest: found, size: 4 })).toBe(false)
    })

    test('refuses a wrong size with both values', async () => {
      await using sink = await (await make()).open()
      const putting = sink.put(single(Buffer.from('text')), { digest: digestOf(Buffer.from('text')), size: 5 })
      await expect(putting).rejects.toMatchObject({ code: 'INTEGRITY', expected: 5, found: 4 })
    })

    test('has content of the right size only', async () => {
      await using sink = await (await make()).open()
      const { digest, size } = await sink.put(single(Buffer.from('text')))
      expect(await sink.has({ digest, size })).toBe(true)
      expect(await sink.has({ digest, size: size + 1 })).toBe(false)
      expect(await sink.has({ digest: digestOf(Buffer.from('other')), size })).toBe(false)
    })

    test('fails as its bytes fail, and goes on with others', async () => {
      await using sink = await (await make()).open()
      await expect(sink.put(breaking())).rejects.toThrow('the source broke')
      await expect(sink.put(single(Buffer.from('text')))).resolves.toMatchObject({ size: 4 })
    })

    test('shows nothing before the commit, and all of it after', async () => {
      const place = await make()
      await using sink = await place.open()
      const layout = newLayout()
      const root = addImage(layout, image())
      await putAll(sink, layout)
      expect((await place.blobs()).size).toBe(0)
      expect((await place.index()).manifests).toEqual([])
      await sink.commit([root], (current) => ({ ...current, manifests: [root] }))
      expect(await place.blobs()).toEqual(sorted(layout.blobs))
      expect((await place.index()).manifests).toEqual([root])
    })

    test('moves in only what the roots reach', async () => {
      const place = await make()
      await using sink = await place.open()
      const [wanted, dropped] = [newLayout(), newLayout()]
      const root = addIndex(wanted, [addImage(wanted, image()), addImage(wanted, image({ files: ['three'] }))])
      addImage(dropped, image({ files: ['four'] }))
      await putAll(sink, wanted)
      await putAll(sink, dropped)
      await sink.commit([root], (current) => ({ ...current, manifests: [root] }))
      expect(await place.blobs()).toEqual(sorted(wanted.blobs))
    })

    test('leaves nothing without a commit', async () => {
      const place = await make()
      const sink = await place.open()
      await putAll(sink, imageLayout().layout)
      await sink[Symbol.asyncDispose]()
      expect((await place.blobs()).size).toBe(0)
      expect((await place.index()).manifests).toEqual([])
    })

    test('leaves all as it was if the update of the index fails', async () => {
      const place = await make()
      await using sink = await place.open()
      const { layout, root } = imageLayout()
      await putAll(sink, layout)
      const refused = sink.commit([root], () => {
        throw new Error('no')
      })
      await expect(refused).rejects.toThrow('no')
      expect((await place.blobs()).size).toBe(0)
      expect((await place.index()).manifests).toEqual([])
    })

    test('refuses to commit a root with a blob missing', async () => {
      const place = await make()
      await using sink = await place.open()
      const { layout, root } = imageLayout()
      layout.blobs.delete(root.digest)
      await putAll(sink, layout)
      await expect(sink.commit([root], (current) => current)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect((await place.blobs()).size).toBe(0)
    })

    test('keeps and offers what was there before', async () => {
      const place = await make()
      const before = imageLayout()
      await commitAll(place, before)
      await using sink = await place.open()
      for (const [digest, bytes] of before.layout.blobs) {
        const claim = { digest: digestOf(bytes), size: bytes.length }
        expect(claim.digest).toBe(digest)
        expect(await sink.has(claim)).toBe(true)
        expect(await collect(sink.open(claim))).toEqual(bytes)
      }
      const after = { layout: newLayout(), root: before.root }
      after.root = addImage(after.layout, image({ files: ['one', 'three'] }))
      await putAll(sink, after.layout)
      await sink.commit([after.root], (current) => ({
        ...current,
        manifests: [...(current.manifests ?? []), after.root],
      }))
      expect(await place.blobs()).toEqual(sorted(new Map([...before.layout.blobs, ...after.layout.blobs])))
      expect((await place.index()).manifests).toEqual([before.root, after.root])
    })

    test('commits an image that was there whole, without putting it again', async () => {
      const place = await make()
      const before = imageLayout()
      await commitAll(place, before)
      await using sink = await place.open()
      const named = { ...before.root, annotations: { 'org.opencontainers.image.ref.name': 'again' } }
      await sink.commit([named], (current) => ({ ...current, manifests: [named] }))
      expect((await place.index()).manifests).toEqual([named])
    })
  })
}

function newLayout(): Layout {
  return { blobs: new Map(), manifests: [] }
}

function imageLayout(): { layout: Layout; root: Descriptor } {
  const layout = newLayout()
  return { layout, root: addImage(layout, image()) }
}

async function putAll(sink: BlobSink, { blobs }: Layout): Promise<void> {
  for (const bytes of blobs.values()) await sink.put(single(bytes))
}

async function commitAll(place: Place, { layout, root }: { layout: Layout; root: Descriptor }): Promise<void> {
  await using sink = await place.open()
  await putAll(sink, layout)
  await sink.commit([root], (current) => ({ ...current, manifests: [root] }))
}

function sorted(blobs: Map<string, Buffer>): Map<string, Buffer> {
  return new Map([...blobs].sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function* breaking() {
  yield Buffer.from('some')
  await Promise.resolve()
  throw new Error('the source broke')
}
