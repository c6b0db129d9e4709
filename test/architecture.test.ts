import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))

/** Folders from the ground up; a file of a folder is on the floor of that. Files directly in src stand on the roof. */
const FLOORS = [
  'generated',
  'spec',
  'bytes',
  'threads',
  'hashing',
  'io',
  'compression',
  'tar',
  'store',
  'layer',
  'archive',
  'docker',
  'image',
  'transport',
  'commands',
  'cli',
  '',
]

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(ts|js)$/.test(path))

const imports = files.flatMap((file) => {
  const text = readFileSync(join(src, file), 'utf8')
  const paths = [...text.matchAll(/(?:from|import\(?) ?'(\.[^']+)'/g)].flatMap((match) => match[1] ?? [])
  return paths.map((path) => ({ file, target: normalize(join(dirname(file), path)).replace(/\.js$/, '') }))
})

test('every folder has its floor', () => {
  for (const file of files) expect(FLOORS).toContain(folderOf(file))
})

test('a file imports from its own folder and from lower floors only', () => {
  expect(imports.length).toBeGreaterThan(100)
  const upwards = imports.filter(({ file, target }) => floorOf(target) > floorOf(file))
  expect(upwards).toEqual([])
})

test('no file imports itself, by whatever way round', () => {
  const next = new Map<string, string[]>()
  for (const { file, target } of imports) {
    const from = file.replace(/\.(ts|js)$/, '')
    next.set(from, [...(next.get(from) ?? []), target])
  }
  const cycles = [...next.keys()].filter((file) => reaches(next, file))
  expect(cycles).toEqual([])
})

test('only the door for foreign JSON parses it, and only the errors file makes errors of its own', () => {
  const parsers = files.filter((file) => /JSON\.parse\(/.test(readFileSync(join(src, file), 'utf8')))
  expect(parsers).toEqual([join('spec', 'json', 'parseJSON.ts')])
})

test('a descriptor’s claim to attest is read in one place, which knows the content too', () => {
  const readers = imports.filter(({ target }) => target === join('layer', 'reference')).map(({ file }) => file)
  const followers = [join('image', 'ingest.ts'), join('layer', 'carryDocuments.ts'), join('layer', 'edit.ts')]
  expect(readers.sort()).toEqual([...followers, join('layer', 'role.ts')].sort())
  for (const file of followers) expect(readFileSync(join(src, file), 'utf8')).not.toContain('referenceOf')
  const named = files.filter((file) => readFileSync(join(src, file), 'utf8').includes('vnd.docker.reference'))
  expect(named).toEqual([join('layer', 'reference.ts')])
})

function reaches(next: Map<string, string[]>, start: string): boolean {
  const seen = new Set<string>()
  const todo = [...(next.get(start) ?? [])]
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (file === start) return true
    if (!seen.has(file)) todo.push(...(next.get(file) ?? []))
    seen.add(file)
  }
  return false
}

function folderOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? '') : ''
}

function floorOf(file: string): number {
  return FLOORS.indexOf(folderOf(file))
}
