import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { inspect } from '../../../src/commands/inspect.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { addPlatforms, newLayout } from '../../fixtures/archives.js'
import { filesBelow, temporaryDirectory } from '../../fixtures/directory.js'
import { addImage, addIndex, image, type Layout, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { converted, DOORS } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

/** Layouts in which several entries with names reach one image. */
const SHARED: Record<string, (layout: Layout) => Descriptor[]> = {
  'an index and its own child': (layout) => {
    const { root, amd64 } = addPlatforms(layout)
    return [root, bare(amd64)]
  },
  'the child of an index, and the index': (layout) => {
    const { root, amd64 } = addPlatforms(layout)
    return [bare(amd64), root]
  },
  'two indexes that share a child': (layout) => {
    const { root, amd64 } = addPlatforms(layout)
    return [root, addIndex(layout, [amd64])]
  },
  'a nested index and what it holds': (layout) => {
    const { root, arm64 } = addPlatforms(layout)
    return [addIndex(layout, [root]), root, bare(arm64)]
  },
  'two manifests with one config': (layout) => [addImage(layout, image(), 'gzip'), addImage(layout, image(), 'none')],
}

describe.each(Object.entries(SHARED))('%s', (_, make) => {
  test.each(Object.entries(DOORS))('keeps its names through an archive for docker and back, by %s', async (_, door) => {
    const source = await converted(tar(layoutEntries(tagged(make))))
    const archive = join(await temporaryDirectory(), 'app.tar')
    await convert(source.path, archive, { strict: true })
    const back = join(await temporaryDirectory(), 'layout')
    await convert(await door(await readFile(archive)), back, { strict: true })
    expect(await filesBelow(back)).toEqual(source.files)
  })

  test('can be selected one by one, and no name moves to another', async () => {
    const archive = join(await temporaryDirectory(), 'app.tar')
    const source = await converted(tar(layoutEntries(tagged(make))))
    await convert(source.path, archive)
    for (const [at, entry] of (source.index.manifests ?? []).entries()) {
      const { index, warnings } = await converted(archive, { images: [`@${at}`] })
      expect(index.manifests).toEqual([entry])
      expect(warnings).toEqual([])
    }
    const { images } = await inspect(archive)
    expect(images.map(({ digest, names }) => [digest, names])).toEqual(
      (source.index.manifests ?? []).map(({ digest }, at) => [digest, [`app:${at}`]]),
    )
  })
})

function bare({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size }
}

/** The layout, its entries tagged `app:0`, `app:1` and so on. */
function tagged(make: (layout: Layout) => Descriptor[]): Layout {
  const layout = newLayout()
  for (const [at, root] of make(layout).entries()) {
    layout.manifests.push({ ...root, annotations: nameAnnotations(`docker.io/library/app:${at}`) })
  }
  return layout
}
