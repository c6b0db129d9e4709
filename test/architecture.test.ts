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
  'rootfs',
  'archive',
  'docker',
  'image',
  'transport',
  'bundle',
  'commands',
  'umoci',
  'cli',
  '',
]

/** So many files stand on each other. Less is better. */
const LONGEST_CHAIN = 22

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(ts|js)$/.test(path))

const texts = new Map(files.map((file) => [file, readFileSync(join(src, file), 'utf8')]))

const imports = [...texts].flatMap(([file, text]) => {
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
  const next = nextOf(imports)
  const cycles = [...next.keys()].filter((file) => reaches(next, file))
  expect(cycles).toEqual([])
})

test('no exported name is exported by two files', () => {
  const byName = new Map<string, string[]>()
  for (const [file, text] of texts) {
    if (/^(generated|compression.deflate)/.test(file)) continue
    for (const name of exportsOf(text)) byName.set(name, [...(byName.get(name) ?? []), file])
  }
  expect(byName.size).toBeGreaterThan(300)
  expect([...byName].filter(([, declaring]) => declaring.length > 1)).toEqual([])
})

test('the longest chain of imports does not grow', () => {
  const next = nextOf(imports)
  const lengths = new Map<string, number>()
  const lengthFrom = (file: string): number => {
    const known = lengths.get(file) ?? 1 + Math.max(0, ...(next.get(file) ?? []).map(lengthFrom))
    lengths.set(file, known)
    return known
  }
  expect(Math.max(...[...next.keys()].map(lengthFrom))).toBeLessThanOrEqual(LONGEST_CHAIN)
})

test('only the door for foreign JSON parses it', () => {
  expect(filesWith(/JSON\.parse\(/)).toEqual([join('spec', 'json', 'parseJSON.ts')])
})

test('every error has a code: only the errors file makes others', () => {
  expect(filesWith(/new (Type|Range|Syntax)?Error\(/)).toEqual([join('spec', 'errors.ts')])
})

test('a descriptor’s claim to attest is read in one place, which knows the content too', () => {
  const readers = imports.filter(({ target }) => target === join('layer', 'reference')).map(({ file }) => file)
  const followers = [join('image', 'ingest.ts'), join('layer', 'carryDocuments.ts'), join('layer', 'edit.ts')]
  expect(readers.sort()).toEqual([...followers, join('layer', 'role.ts')].sort())
  for (const file of followers) expect(texts.get(file)).not.toContain('referenceOf')
  expect(filesWith(/vnd\.docker\.reference/)).toEqual([join('layer', 'reference.ts')])
})

/** Names that a module of ours declares and exports; what is generated and what is compiled to WebAssembly are others' rooms. */
function exportsOf(text: string): Set<string> {
  const declared = /^export (?:async )?(?:function\*?|class|const|interface|type) (\w+)/gm
  return new Set([...text.matchAll(declared)].map(([, name = '']) => name))
}

function filesWith(pattern: RegExp): string[] {
  return [...texts].filter(([, text]) => pattern.test(text)).map(([file]) => file)
}

function nextOf(all: typeof imports): Map<string, string[]> {
  const next = new Map<string, string[]>()
  for (const { file, target } of all) {
    const from = file.replace(/\.(ts|js)$/, '')
    next.set(from, [...(next.get(from) ?? []), target])
  }
  return next
}

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
