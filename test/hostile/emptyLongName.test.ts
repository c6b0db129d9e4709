import { test } from 'vitest'
import { gnuLong } from '../fixtures/tar.js'
import { EVIL_TABLE, expectUnsafe, GOOD_TABLE, twoFaced } from '../fixtures/twoFaced.js'

test('an empty GNU long name after another is refused: engines would take that one back', async () => {
  const archive = twoFaced([
    ...[gnuLong('L', 'manifest.json'), gnuLong('L', ''), { name: 'other.json', content: GOOD_TABLE }],
    ...[gnuLong('L', 'other.json'), gnuLong('L', ''), { name: 'manifest.json', content: EVIL_TABLE }],
  ])
  await expectUnsafe(archive)
})
