import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { layoutOf } from '../../fixtures/bundle.js'
import { startAs } from '../../fixtures/cli.js'
import { temporaryDirectory } from '../../fixtures/directory.js'

test('a time zone that is a named pipe in the image is not waited for', async () => {
  const layout = await layoutOf([
    { name: 'etc/', type: '5' },
    { name: 'etc/localtime', type: '6' },
    { name: 'usr/share/zoneinfo/', type: '5' },
    { name: 'usr/share/zoneinfo/UTC', type: '6' },
  ])
  const bundle = join(await temporaryDirectory(), 'bundle')
  const { TZ: _, ...environment } = process.env
  const { finished } = startAs({ env: environment }, 'unpack', '--image', `oci:${layout}:v1`, bundle)
  expect((await finished).status).toBe(0)
  expect(existsSync(join(bundle, 'config.json'))).toBe(true)
})
