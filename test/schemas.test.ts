import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as validators from '../src/generated/validators.js'

const schemas = new URL('../schemas/', import.meta.url)

test('every schema has a title, says what it describes, and has its validator', () => {
  const names = readdirSync(schemas)
  expect(names).not.toEqual([])
  for (const name of names) {
    const { title, description } = JSON.parse(readFileSync(new URL(name, schemas), 'utf8'))
    expect(description, name).toMatch(/\.$/)
    expect(Object.keys(validators), name).toContain(`is${title}`)
  }
})

test.each([
  ['repositories', validators.isDockerRepositories, { app: { v1: 'ab'.repeat(32) } }, { app: ['v1'] }],
  ['a v1 layer', validators.isDockerV1Layer, { id: 'ab'.repeat(32), container_config: null, Size: 3 }, { Size: '3' }],
  ['a config', validators.isImageConfig, { rootfs: { type: 'layers', diff_ids: null } }, { rootfs: { type: 'other' } }],
  ['an index', validators.isIndex, { schemaVersion: 2, manifests: null }, { schemaVersion: 1, manifests: [] }],
  ['a docker manifest', validators.isDockerManifest, [{ Config: 'c', Layers: null, New: 1 }], [{ RepoTags: [] }]],
])('%s is told from what is none', (_, isValid, good, bad) => {
  expect(isValid(good)).toBe(true)
  expect(isValid(bad)).toBe(false)
})
