import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clearPartials, PartialDirectory } from '../../src/bundle/partial.js'
import { HeldDirectory } from '../../src/io/heldDirectory.js'
import { temporaryDirectory } from '../fixtures/directory.js'

const ID = '01234567-89ab-cdef-0123-456789abcdef'

test('a partial directory is for its user alone, and goes with all that is in it, links unfollowed', async () => {
  const path = await temporaryDirectory()
  using parent = HeldDirectory.open(path)
  writeFileSync(join(path, 'kept'), '')
  {
    using partial = PartialDirectory.make(parent, 'app')
    const [name = ''] = readdirSync(path).filter((other) => other.startsWith('app.partial-'))
    expect(statSync(join(path, name)).mode & 0o777).toBe(0o700)
    mkdirSync(partial.directory.at('a'))
    mkdirSync(partial.directory.at('a/b'))
    symlinkSync(path, partial.directory.at('a/b/link'))
  }
  expect(readdirSync(path)).toEqual(['kept'])
})

test('a partial directory in use is not cleared', async () => {
  const path = await temporaryDirectory()
  using parent = HeldDirectory.open(path)
  using partial = PartialDirectory.make(parent, 'app')
  clearPartials(parent, 'app')
  expect(partial.directory.names().length).toBeGreaterThan(0)
})

test('only what is named as ours is, and is not somebody’s, is cleared', async () => {
  const path = await temporaryDirectory()
  using parent = HeldDirectory.open(path)
  const strangers = [
    `app.partial-${ID}.bak`,
    `xapp.partial-${ID}`,
    `appx.partial-${ID}`,
    'app.partial-1',
    `a.p.partial-${ID}`,
  ]
  for (const name of strangers) mkdirSync(join(path, name))
  // It has content that no owner signed.
  mkdirSync(join(path, `app.partial-${ID}`, 'diary'), { recursive: true })
  // It was left behind before it was signed.
  mkdirSync(join(path, `app.partial-${ID.replace('0', 'f')}`))
  clearPartials(parent, 'app')
  expect(readdirSync(path).sort()).toEqual([...strangers, `app.partial-${ID}`].sort())
})
