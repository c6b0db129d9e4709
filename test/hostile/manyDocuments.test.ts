import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { inspect } from '../../src/commands/inspect.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { heavyImage, heavyJSON } from '../fixtures/heavy.js'
import { dockerArchive } from '../fixtures/image.js'
import { DOORS } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'
import { v1ID } from '../fixtures/v1.js'

const MORE_THAN_FITS = 18

/** 70 MB of JSON are read by each: much for a machine that is busy. */
const LONG = { timeout: 120_000 }

const heavy = () =>
  dockerArchive(...Array.from({ length: MORE_THAN_FITS }, (_, at) => ({ ...heavyImage(at), tags: [`app:v${at}`] })))

test.each(Object.keys(DOORS))(
  'images whose configs are more than a run may hold are refused, by %s',
  LONG,
  async (door) => {
    const source = (await DOORS[door]?.(heavy())) ?? ''
    await expect(convert(source, `${await temporaryDirectory()}/layout`)).rejects.toMatchObject({
      code: 'UNSAFE',
      expected: 'at most 67108864 bytes',
      message: expect.stringContaining('the JSON documents of the source take too much memory'),
    })
  },
)

test.each(['file', 'directory'])('they are not shown either, by %s', LONG, async (door) => {
  await expect(inspect((await DOORS[door]?.(heavy())) ?? '')).rejects.toMatchObject({ code: 'UNSAFE' })
})

test('of a pipe, those that were not kept as they passed are shown as broken', LONG, async () => {
  const { images } = await inspect((await DOORS.pipe?.(heavy())) ?? '')
  const kept = images.filter(({ kind }) => kind === 'image').length
  expect(kept).toBeGreaterThan(0)
  expect(images.map(({ kind }) => kind)).toEqual(images.map((_, at) => (at < kept ? 'image' : 'broken')))
})

test('tables that come again and again by a pipe are refused', async () => {
  const table = Buffer.alloc(20 * 1024 * 1024, ' ')
  const archive = tar(Array.from({ length: 4 }, () => ({ name: 'manifest.json', content: table })))
  await expect(inspect((await DOORS.pipe?.(archive)) ?? '')).rejects.toMatchObject({ code: 'UNSAFE' })
})

test('layers of the first years of Docker that say more than a run may hold are refused', LONG, async () => {
  const ids = Array.from({ length: MORE_THAN_FITS }, (_, at) => v1ID('a').slice(2) + at.toString(16).padStart(2, '0'))
  const entries = ids.flatMap((id, at) => [
    { name: `${id}/json`, content: heavyJSON({ id, parent: ids[at - 1] }) },
    { name: `${id}/layer.tar`, content: Buffer.alloc(1024) },
  ])
  const archive = tar([...entries, { name: 'repositories', content: JSON.stringify({ app: { v1: ids.at(-1) } }) }])
  const open = () => DOORS.file?.(archive) ?? ''
  await expect(inspect(await open())).rejects.toMatchObject({ code: 'UNSAFE' })
  const converting = convert(await open(), `${await temporaryDirectory()}/layout`)
  await expect(converting).rejects.toMatchObject({ code: 'UNSAFE' })
})
