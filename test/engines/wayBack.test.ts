import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ArchiveFormat, append, convert, editConfig, rebase, repack, unpack } from '../../src/index.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'
import { BUSYBOX, hasBusybox, runnable } from './archives.js'
import { describeWith, type Engine, reportMissing } from './engine.js'
import { ENGINES } from './engines.js'
import { HOST } from './machine.js'

/** Shows a file that repack should add, and what it should leave in the directory. */
const SCRIPT = `#!/bin/busybox sh
echo repacked
/bin/busybox ls /srv
`

/** A layer with one file. Engines have files of their own in /etc. */
const addition = (name: string) => tar([{ name: `srv/${name}`, content: name }])

for (const kind of hasBusybox() ? ENGINES : []) {
  describeWith(kind, (engine) => {
    test.each(['docker', 'docker-25', 'docker-legacy'] as const)(
      'runs what was changed in a bundle, from an archive as %s',
      async (format) => {
        await engine().load(await repacked(format))
        expect(await printed(engine(), '/bin/say')).toBe('repacked\nkept')
      },
    )

    test('runs what was appended, configured and put on another base', async () => {
      await engine().load(await edited())
      expect(await printed(engine())).toBe('appended\nbase')
    })
  })
}
if (!hasBusybox()) reportMissing('images that run', HOST, 'no busybox that needs no libraries')

/** An archive of an image of which a file is gone, and which has a script more. */
async function repacked(format: ArchiveFormat): Promise<string> {
  const place = await temporaryDirectory()
  const [layout, bundle, archive] = [join(place, 'layout'), join(place, 'bundle'), join(place, 'out.tar')]
  const image = runnable([BUSYBOX(), addition('gone'), addition('kept')], ['app:v1'])
  await convert(await temporaryFile(dockerArchive(image)), layout, { layers: 'gzip' })
  await unpack(`oci:${layout}:v1`, bundle)
  await writeFile(join(bundle, 'rootfs/bin/say'), SCRIPT, { mode: 0o755 })
  await rm(join(bundle, 'rootfs/srv/gone'))
  await repack(`oci:${layout}:v2`, bundle)
  await convert(`oci:${layout}:v2`, archive, { format })
  return archive
}

/** An archive of an image that went through an archive for each edit, without a layout. */
async function edited(): Promise<string> {
  const place = await temporaryDirectory()
  const at = (name: string) => join(place, `${name}.tar`)
  const old = await temporaryFile(dockerArchive(runnable([BUSYBOX()], ['base:v1'])))
  const newer = await temporaryFile(dockerArchive(runnable([BUSYBOX(), addition('base')], ['base:v2'])))
  await append(old, [await temporaryFile(addition('appended'))], { to: at('appended'), tag: 'app:v1' })
  await editConfig(at('appended'), { cmd: ['/bin/busybox', 'ls', '/srv'], to: at('configured') })
  await rebase(at('configured'), { old, new: newer }, { to: at('rebased') })
  return at('rebased')
}

/** What the only image of an engine prints. */
async function printed(engine: Engine, ...command: string[]): Promise<string> {
  const [image, ...others] = await engine.images()
  expect(others).toEqual([])
  if (image === undefined) throw new Error('nothing was loaded')
  return engine.run(image, ...command)
}
