import { test } from 'vitest'
import { pax } from '../fixtures/tar.js'
import { EVIL_TABLE, expectUnsafe, GOOD_TABLE, twoFaced } from '../fixtures/twoFaced.js'

test('a PAX header of the old type X is refused: engines would not follow it', async () => {
  const old = (path: string) => ({ ...pax({ path }), type: 'X' })
  const archive = twoFaced([
    old('manifest.json'),
    { name: 'other.json', content: GOOD_TABLE },
    old('other.json'),
    { name: 'manifest.json', content: EVIL_TABLE },
  ])
  await expectUnsafe(archive)
})
