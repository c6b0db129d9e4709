import { test } from 'vitest'
import { entryBytes } from '../fixtures/tar.js'
import { EVIL_TABLE, expectUnsafe, GOOD_TABLE, twoFaced } from '../fixtures/twoFaced.js'

test('entries in the content of what old archives call a directory are refused: engines would read them', async () => {
  const table = { name: 'manifest.json', content: GOOD_TABLE }
  // Engines find this one in the directory, and ours in the content of what follows it there.
  const inside = [
    { name: 'manifest.json', content: EVIL_TABLE },
    { name: 'junk', size: entryBytes(table).length },
  ]
  const directory = { name: 'directory/', type: '\0', content: Buffer.concat(inside.map(entryBytes)) }
  await expectUnsafe(twoFaced([directory, table]))
})
