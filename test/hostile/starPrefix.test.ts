import { test } from 'vitest'
import { EVIL_TABLE, expectUnsafe, GOOD_TABLE, twoFaced } from '../fixtures/twoFaced.js'

test('a prefix that goes on where star has times is refused: engines would read a shorter one', async () => {
  // Engines read `./././manifest.json`, the first one of its name; the times make a folder of it here.
  const bytes = { 345: `${'./'.repeat(65)}.`, 476: '14371573277 14371573277 ', 508: 'tar\0' }
  const archive = twoFaced([
    { name: 'manifest.json', content: EVIL_TABLE, bytes },
    { name: 'manifest.json', content: GOOD_TABLE },
  ])
  await expectUnsafe(archive)
})
