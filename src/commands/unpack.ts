import { chmodSync, closeSync, openSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { mtreeFile, ROOTFS_DIRECTORY, RUNTIME_CONFIG_FILE, UMOCI_FILE } from '../bundle/bundleFiles.js'
import { clearPartials, PartialDirectory } from '../bundle/partial.js'
import { assertNoBundle, publish } from '../bundle/publish.js'
import { umociJSON } from '../bundle/umociFile.js'
import { type Context, collecting } from '../bytes/context.js'
import type { PlatformImage } from '../image/openPlatform.js'
import { HeldDirectory } from '../io/heldDirectory.js'
import { asctime } from '../rootfs/mtree.js'
import { RootReader } from '../rootfs/rootReader.js'
import type { WriterThread, Written } from '../rootfs/writerThread.js'
import { parseDigest } from '../spec/digest.js'
import { makeDirectory, removeMade } from '../store/layout/layoutDirectory.js'
import type { ImagePlace } from '../transport/imagePlace.js'
import type { UnpackOptions } from './bundleOptions.js'
import { assertUnpackOptions } from './checkOptions.js'
import { openOne } from './openOne.js'
import { running } from './running.js'
import { configTextOf } from './runtimeConfigText.js'
import { writeLayers } from './unpackImage.js'
import { ownersOf, startWriter, type Unpacked, unpackedOf } from './unpackOptions.js'

/**
 * Unpacks an image to a runtime bundle: its files in `rootfs`, the `config.json` that an OCI runtime runs, and what umoci
 * needs to find changes (`umoci.json`, an mtree file).
 *
 * The directory is made, or is empty of these. Nothing in it has its name before all is written and checked. Names and
 * links of the image are resolved within its root file system, and never on the host.
 * @throws ImageError EXISTS if there is a bundle; INTEGRITY, FORMAT, UNSAFE, UNSUPPORTED, NOT_FOUND, SYSTEM, USAGE
 */
export async function unpack(image: ImagePlace, bundle: string, options: UnpackOptions = {}): Promise<Unpacked> {
  return running(`unpack ${image}`, options, async () => {
    assertUnpackOptions(options)
    const path = resolve(bundle)
    const made = await makeDirectory(path)
    let isWhole = false
    try {
      using held = HeldDirectory.open(path)
      clearPartials(held, ROOTFS_DIRECTORY)
      assertNoBundle(held)
      using partial = PartialDirectory.make(held, ROOTFS_DIRECTORY)
      const unpacked = await unpackInto(partial.directory, { image, options, bundle: held })
      isWhole = true
      return unpacked
    } finally {
      if (!isWhole) await removeMade(path, made)
    }
  })
}

interface Work {
  image: string
  options: UnpackOptions
  bundle: HeldDirectory
}

async function unpackInto(partial: HeldDirectory, { image, options, bundle }: Work): Promise<Unpacked> {
  const { context, warnings } = collecting(options)
  const { platform, signal } = options
  // First, since the thread gets ready while the image is opened.
  await using writer = await startWriter(partial, { options, isSummed: true })
  await using opened = await openOne(image, { platform, context, signal, spool: () => partial.at('spool') })
  const mtree = mtreeFile(parseDigest(opened.image.walk.at(-1)?.digest ?? ''))
  const written = await writeTree(partial, {
    image: opened.image,
    writer,
    context,
    mtree,
    signal,
    tree: join(bundle.path, ROOTFS_DIRECTORY),
  })
  await writeDocuments(partial, { image: opened.image, options, context })
  signal?.throwIfAborted()
  publishPrivately(partial, bundle, [mtree, RUNTIME_CONFIG_FILE, UMOCI_FILE])
  return unpackedOf(opened.image, { written, context, warnings })
}

/** Publishes a bundle in a directory of its owner alone: others must not reach programs that run as another user. */
function publishPrivately(partial: HeldDirectory, bundle: HeldDirectory, documents: readonly string[]): void {
  const { mode } = bundle.stat()
  chmodSync(bundle.at(), 0o700)
  try {
    publish(partial, bundle, documents)
  } catch (error) {
    chmodSync(bundle.at(), mode & 0o7777)
    throw error
  }
}

interface TreeWork {
  image: PlatformImage
  writer: WriterThread
  context: Context
  signal: AbortSignal | undefined
  /** Name of the mtree file. */
  mtree: string
  /** The path of the tree, for the comment in that file. */
  tree: string
}

async function writeTree(
  partial: HeldDirectory,
  { image, writer, context, signal, mtree, tree }: TreeWork,
): Promise<Written> {
  const file = openSync(partial.at(mtree), 'wx', 0o644)
  try {
    await writeLayers(image, { writer, context, signal })
    return await writer.finish({
      file,
      header: { user: userInfo().username, machine: hostname(), tree, date: asctime(new Date()) },
    })
  } finally {
    closeSync(file)
  }
}

async function writeDocuments(
  partial: HeldDirectory,
  { image, options, context }: { image: PlatformImage; options: UnpackOptions; context: Context },
): Promise<void> {
  const { users, groups, isRootless: rootless } = ownersOf(options)
  using reader = new RootReader(partial.at(ROOTFS_DIRECTORY, '.'))
  const config = await configTextOf(image.config, { reader, options, warn: context.warn })
  writeFileSync(partial.at(RUNTIME_CONFIG_FILE), config, { flag: 'wx', mode: 0o644 })
  const origin = umociJSON({ walk: image.walk, uidMappings: users, gidMappings: groups, rootless })
  writeFileSync(partial.at(UMOCI_FILE), origin, { flag: 'wx', mode: 0o644 })
}
