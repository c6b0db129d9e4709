import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { listTags } from '../../../src/commands/listTags.js'
import { stat } from '../../../src/commands/stat.js'
import { start } from '../../fixtures/cli.js'
import { freshLayout, indexText } from '../../fixtures/editing.js'

test('of several processes that change one image at once, none loses the change of another', async () => {
  const path = await freshLayout()
  const edits = ['A=1', 'B=2', 'C=3', 'D=4'].map((env) => start('config', '--image', `${path}:v1`, '--config.env', env))
  const tags = ['v2', 'v3'].map((tag) => start('new', '--image', `${path}:${tag}`))
  for (const { finished } of [...edits, ...tags]) expect((await finished).status).toBe(0)
  const { config, history } = await stat(`${path}:v1`)
  expect([...(config?.document?.config?.Env ?? [])].sort()).toEqual(['A=1', 'B=2', 'C=3', 'D=4'])
  expect(history).toHaveLength(4)
  expect((await listTags(path)).sort()).toEqual(['v1', 'v2', 'v3'])
})

test('a process that is killed leaves the old state or the new one, and the next clears up', async () => {
  const path = await freshLayout()
  const killed = { before: 0, after: 0 }
  // Until some were killed before they were done; later each time, so that every step is met.
  for (let delay = 20; delay < 420; delay += 10) {
    const before = indexText(path)
    const child = start('config', '--image', `${path}:v1`, '--config.env', `D${delay}=`)
    setTimeout(() => child.kill('SIGKILL'), delay)
    await child.finished
    const { config } = await stat(`${path}:v1`)
    const isNew = config?.document?.config?.Env?.includes(`D${delay}=`) ?? false
    expect(isNew).toBe(indexText(path) !== before)
    killed[isNew ? 'after' : 'before']++
  }
  expect(killed.before).toBeGreaterThan(0)
  expect((await start('config', '--image', `${path}:v1`, '--author', 'me').finished).status).toBe(0)
  expect(readdirSync(path).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
})
