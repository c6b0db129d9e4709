import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ArchiveFormat, convert } from '../../src/index.js'
import { IMAGE_NAME, REF_NAME } from '../../src/store/names.js'
import type { Sample } from './archives.js'
import { makeHome } from './daemon.js'
import { type ExpectedImage, expectedImages } from './expected.js'

/** An archive that was written from a layout, and what should be in it. */
export interface Shipped {
  /** Where the layout is. */
  layout: string
  archive: string
  format: ArchiveFormat
  images: ExpectedImage[]
  /** Whether full names stand in its index, if it has one. */
  isFull: boolean
}

/** Makes archives by way of a layout, each once. */
export interface Shipper {
  ship(sample: Sample, format: ArchiveFormat): Promise<Shipped>
  /** Removes all that it made. */
  close(): Promise<void>
}

export async function openShipper(): Promise<Shipper> {
  const home = await makeHome()
  const layouts = new Map<string, Promise<Pick<Shipped, 'layout' | 'images' | 'isFull'>>>()
  const archives = new Map<string, Promise<Shipped>>()

  const makeLayout = async ({ archive, layers = 'keep' }: Sample, path: string) => {
    const source = typeof archive === 'string' ? archive : `${path}.tar`
    if (typeof archive !== 'string') await writeFile(source, archive())
    const { images } = await convert(source, path, { layers })
    const names = images.map(({ digest, reference }) => ({ digest, name: reference }))
    const index = await readFile(join(path, 'index.json'), 'utf8')
    const isFull = !index.includes(REF_NAME) || index.includes(IMAGE_NAME)
    return { layout: path, images: await expectedImages(path, names), isFull }
  }
  const makeArchive = async (sample: Sample, format: ArchiveFormat, archive: string): Promise<Shipped> => {
    const made = await keep(layouts, sample.name, () => makeLayout(sample, join(home.path, `layout${layouts.size}`)))
    const { rewritten: layers } = sample
    const { images } = await convert(`oci:${made.layout}`, archive, { format, ...(layers && { layers }) })
    const shipped = { ...made, archive, format, isFull: made.isFull || format !== 'oci' }
    if (layers === undefined) return shipped
    const digestOf = (id: string) => images.find(({ config }) => config === id)?.digest ?? ''
    return {
      ...shipped,
      images: made.images.map((image) => ({ ...image, digest: digestOf(image.id), layerTypes: [] })),
    }
  }
  return {
    ship: (sample, format) =>
      keep(archives, `${sample.name} ${format}`, () =>
        makeArchive(sample, format, join(home.path, `archive${archives.size}.tar`)),
      ),
    close: home.remove,
  }
}

function keep<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const there = made.get(key) ?? make()
  made.set(key, there)
  return there
}
