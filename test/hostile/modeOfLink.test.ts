import { test } from 'vitest'
import { EVIL_TABLE, expectUnsafe, GOOD_TABLE, twoFaced } from '../fixtures/twoFaced.js'

test('a file whose mode calls it a symlink is refused: engines would follow it', async () => {
  const archive = twoFaced([
    { name: 'manifest.json', mode: 0o120_644, linkTarget: 'evil.json', content: GOOD_TABLE },
    { name: 'evil.json', content: EVIL_TABLE },
  ])
  await expectUnsafe(archive)
})
