import { expect, test } from 'vitest'
import { inspect } from '../../src/commands/inspect.js'
import { dockerEntries, image } from '../fixtures/image.js'
import { DOORS } from '../fixtures/layout.js'
import { pax, tar } from '../fixtures/tar.js'

test.each(['file', 'pipe'])('more long paths than a run may hold are refused, by %s', async (door) => {
  const long = Array.from({ length: 8500 }, (_, at) => [pax({ path: `${at}/`.padEnd(4000, 'a') }), { name: 'x' }])
  const archive = tar([...long.flat(), ...dockerEntries([image()])])
  await expect(inspect((await DOORS[door]?.(archive)) ?? '')).rejects.toMatchObject({
    code: 'UNSAFE',
    message: expect.stringContaining('the paths of the source take too much memory'),
  })
})
