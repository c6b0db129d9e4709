import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { convert, inspect } from '../../src/index.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { run, testWith } from './engine.js'

/** A layout of one image, app:1. */
async function layoutOfOne(): Promise<string> {
  const layout = join(await temporaryDirectory(), 'app')
  await convert(await temporaryFile(dockerArchive(image({ tags: ['app:1'] }))), layout)
  return layout
}

/** Names of all images of a place. */
async function namesOf(place: string): Promise<string[]> {
  return (await inspect(place)).images.flatMap(({ names }) => names).sort()
}

testWith('umoci')('what umoci repacks, tags and configures has the names that it was given', async () => {
  const [layout, bundle] = [await layoutOfOne(), join(await temporaryDirectory(), 'bundle')]
  await run('umoci', 'unpack', '--image', `${layout}:1`, bundle)
  await writeFile(join(bundle, 'rootfs/new'), 'new')
  await run('umoci', 'repack', '--image', `${layout}:1-new`, bundle)
  await run('umoci', 'tag', '--image', `${layout}:1`, 'copy')
  await run('umoci', 'config', '--image', `${layout}:1`, '--tag', 'other', '--author', 'me')
  expect(await namesOf(layout)).toEqual(['app:1', 'app:1-new', 'app:copy', 'app:other'])

  const archive = join(await temporaryDirectory(), 'new.tar')
  await convert(`oci:${layout}:1-new`, archive)
  expect(await namesOf(archive)).toEqual(['app:1-new'])
  expect((await inspect(archive)).images[0]?.layers).toHaveLength(3)

  const again = join(await temporaryDirectory(), 'again')
  await convert(layout, again)
  expect((await run('umoci', 'ls', '--layout', again)).split('\n').sort()).toEqual(['1', '1-new', 'copy', 'other'])
  expect((await inspect(again)).warnings.filter(({ code }) => code === 'NAMES_DIFFER')).toEqual([])
})

testWith('skopeo')('an image that skopeo copies within a layout has the name that it was given', async () => {
  const layout = await layoutOfOne()
  await run('skopeo', 'copy', '--insecure-policy', `oci:${layout}:1`, `oci:${layout}:2`)
  expect(await namesOf(layout)).toEqual(['2', 'app:1'])
  const archive = join(await temporaryDirectory(), 'out.tar')
  await convert(layout, archive)
  expect(await namesOf(archive)).toEqual(['app:1', 'app:2'])
})
