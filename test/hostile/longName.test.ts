import { describe, expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { inspect } from '../../src/commands/inspect.js'
import { newLayout } from '../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { addImage, dockerArchive, image, layoutEntries } from '../fixtures/image.js'
import { converted } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'
import { v1Archive } from '../fixtures/v1.js'

const LONG = 'a/'.repeat(9e6)

describe('a name of 18 MB overflows no stack, and is told cut', () => {
  test('in manifest.json', async () => {
    await goesWithout(dockerArchive(image({ tags: [LONG, 'app:v1'] })))
  })

  test('in repositories', async () => {
    await goesWithout(v1Archive([{ digit: 'a' }], { [LONG]: { v1: 'a'.repeat(64) }, app: { v1: 'a'.repeat(64) } }))
  })

  test.each(['io.containerd.image.name', 'org.opencontainers.image.ref.name'])('in %s', async (annotation) => {
    const layout = newLayout()
    layout.manifests.push({ ...addImage(layout, image()), annotations: { [annotation]: LONG } })
    const archive = await temporaryFile(tar(layoutEntries(layout)))
    const { warnings } = await convert(archive, `${await temporaryDirectory()}/out.tar`)
    expect(warnings).toMatchObject([{ code: 'ILLEGAL_NAME', where: `${LONG.slice(0, 300)}…` }])
    expect((await inspect(archive)).images[0]?.names).toEqual([LONG])
  })

  test.each([{ tags: [LONG] }, { addTags: [LONG] }])('as a new name', async (options) => {
    await expect(converted(dockerArchive(image()), options)).rejects.toSatisfy(isShort('USAGE'))
  })

  test('as a selector', async () => {
    await expect(converted(dockerArchive(image()), { images: [LONG] })).rejects.toSatisfy(isShort('NOT_FOUND'))
  })

  test('as a platform', async () => {
    await expect(converted(dockerArchive(image()), { platforms: [LONG] })).rejects.toSatisfy(isShort('USAGE'))
  })
})

async function goesWithout(archive: Buffer): Promise<void> {
  const { warnings, images } = await converted(archive)
  expect(images).toMatchObject([{ reference: 'docker.io/library/app:v1' }])
  expect(warnings).toMatchObject([{ code: 'ILLEGAL_NAME', message: expect.stringContaining('without it') }])
  expect(JSON.stringify(warnings).length).toBeLessThan(1000)
}

function isShort(code: string) {
  return (error: { code: string; message: string }) => error.code === code && error.message.length < 1500
}
