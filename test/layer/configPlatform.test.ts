import { expect, test } from 'vitest'
import { configPlatform, platformIn } from '../../src/layer/configPlatform.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_CONFIG } from '../../src/spec/mediaTypes.js'
import { exportImage, poolOf } from '../fixtures/exporting.js'
import { image } from '../fixtures/image.js'

test.each([
  [
    { os: 'linux', architecture: 'arm', variant: 'v7' },
    { os: 'linux', architecture: 'arm', variant: 'v7' },
  ],
  [
    { os: 'linux', architecture: 'amd64' },
    { os: 'linux', architecture: 'amd64' },
  ],
  [{}, { os: '', architecture: '' }],
])('a config that says %j is of the platform %j', (config, platform) => {
  expect(platformIn(config)).toEqual(platform)
})

test('a manifest’s platform is that of its config', async () => {
  const made = image({ config: { architecture: 'arm64', variant: 'v8' } })
  const { manifest } = exportImage(made)
  expect(await configPlatform(manifest, await poolOf([made.config]))).toEqual({
    os: 'linux',
    architecture: 'arm64',
    variant: 'v8',
  })
})

test('a config that is not there, or is none, is refused', async () => {
  const { manifest } = exportImage(image())
  await expect(configPlatform(manifest, await poolOf([]))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const bytes = Buffer.from('{"os":1}')
  const config = { mediaType: OCI_CONFIG, digest: digestOf(bytes), size: bytes.length }
  await expect(configPlatform({ config }, await poolOf([bytes]))).rejects.toMatchObject({
    code: 'FORMAT',
    where: config.digest,
  })
})
