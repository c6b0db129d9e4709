import { expect, test } from 'vitest'
import { sizeOfStep, V1Stored } from '../../../src/docker/read/v1Stored.js'
import { withArchive } from '../../fixtures/intake.js'
import { tar } from '../../fixtures/tar.js'

const SAYS = '"created":"2020-01-01T00:00:00Z","container_config":{"Cmd":["a","b"]}'

test.each([
  ['small', 10],
  ['large', 100_000],
])('a %s json is told of as it is, and its step and history are made once', async (_, length) => {
  const json = Buffer.from(`{${SAYS},"comment":"${'c'.repeat(length)}"}`)
  await withArchive('file', tar([{ name: 'id/json', content: json }, { name: 'manifest.json' }]), async (archive) => {
    const layer = new V1Stored('id', json, archive)
    expect([layer.path, layer.where]).toEqual(['id/layer.tar', 'id/json'])
    expect(await layer.json()).toEqual(json)
    const step = await layer.step()
    expect(step).toEqual({ created: '2020-01-01T00:00:00Z', createdBy: 'a b', comment: 'c'.repeat(length) })
    expect(await layer.step()).toBe(step)
    expect(sizeOfStep(step)).toBe(20 + 3 + length)
    expect(await layer.history()).toContain('"created_by":"a b"')
    expect(layer.history()).toBe(layer.history())
  })
})

test('only what is told of a large json is held', async () => {
  const json = Buffer.from(`{${SAYS},"author":"${'a'.repeat(4_000_000)}"}`)
  await withArchive('file', tar([{ name: 'id/json', content: json }, { name: 'manifest.json' }]), async (archive) => {
    for (let count = 0; count < 100; count++) await new V1Stored('id', json, archive).step()
    expect(archive.context.budget.documents.hasRoomFor(64 * 1024 * 1024 - 100 * 100)).toBe(true)
  })
})
