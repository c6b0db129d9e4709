import { readdirSync, readFileSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { commandOptions } from '../src/commands/optionsOf.js'
import { WARNINGS } from '../src/spec/warnings.js'
import { warningsPage } from './fixtures/warningsPage.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const PAGES = ['.', 'bench', 'docs', 'samples'].flatMap((folder) =>
  readdirSync(join(root, folder)).flatMap((name) => (name.endsWith('.md') ? [join(folder, name)] : [])),
)

test('docs/warnings.md says what the code says; UPDATE_DOCS=1 writes it anew', async () => {
  const page = join(root, 'docs', 'warnings.md')
  if (process.env.UPDATE_DOCS === '1') await writeFile(page, warningsPage())
  expect(await readFile(page, 'utf8')).toBe(warningsPage())
})

test('every warning that has a meaning is given somewhere', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  const sources = files.filter((path) => path.endsWith('.ts')).map((path) => textOf(join('src', path)))
  for (const code of Object.keys(WARNINGS)) {
    expect({ code, isGiven: sources.some((text) => text.includes(`code: '${code}'`)) }).toEqual({ code, isGiven: true })
  }
})

describe.each(PAGES)('%s', (page) => {
  test('links only to what is there', async () => {
    for (const [, target = ''] of textOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      await expect(stat(join(root, file)), target).resolves.toBeDefined()
      if (anchor !== undefined) expect(anchorsOf(textOf(file)), target).toContain(anchor)
    }
  })

  test('names only options that the command line has', () => {
    for (const [line, command = ''] of textOf(page).matchAll(/\btransload (convert|inspect) [^\n`|#]*/g)) {
      for (const [, option = ''] of line.matchAll(/ --([a-z][a-z-]*)/g)) {
        expect(OPTIONS[command], line).toContain(option)
      }
    }
  })
})

const OPTIONS: Readonly<Record<string, string[]>> = {
  convert: namesOf(commandOptions('convert')),
  inspect: namesOf(commandOptions('inspect')),
}

/** Names of options, with those that every command has. */
function namesOf(options: Readonly<Record<string, { name: string }>>): string[] {
  return ['help', 'version', ...Object.values(options).map(({ name }) => name)]
}

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** The headings of a page as links name them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
