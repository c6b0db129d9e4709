import { test } from 'vitest'
import { EVIL_TABLE, expectUnsafe, GOOD_TABLE, twoFaced } from '../fixtures/twoFaced.js'

test('a prefix where GNU has times is refused: engines would read it if it is no time', async () => {
  const gnu = { magic: 'ustar  \0', prefix: 'folder' }
  const archive = twoFaced([
    { ...gnu, name: '../manifest.json', content: EVIL_TABLE },
    { ...gnu, name: 'manifest.json', content: GOOD_TABLE },
  ])
  await expectUnsafe(archive)
})
