import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type typescript from 'typescript'
import * as typescript6 from 'typescript'
import * as typescript5 from 'typescript-5'
import { describe, expect, test } from 'vitest'
import { filesBelow, temporaryDirectory } from './fixtures/directory.js'
import { installOurs, installPackage } from './fixtures/installed.js'

type TypeScript = typeof typescript

const COMPILERS: Record<string, TypeScript> = { '5': typescript5 as unknown as TypeScript, '6': typescript6 }

/** Programs that users write; each has to compile. */
const PROGRAMS: Record<string, string> = {
  'paths.ts': "import { convert } from 'transload'\nawait convert('app.tar', 'oci:app', { layers: 'gzip' })\n",
  'report.ts': [
    "import { type Conversion, convert, type ConvertOptions, ImageError, type Warning } from 'transload'",
    'const warnings: Warning[] = []',
    'const options: ConvertOptions = {',
    '  onWarning: (warning) => warnings.push(warning),',
    '  onProgress: ({ name, done, total }) => console.log(name, done, total),',
    '  signal: AbortSignal.timeout(1000),',
    '}',
    "const { images }: Conversion = await convert('app.tar', 'oci:app', options)",
    'const names: (string | null)[] = images.map(({ reference }) => reference)',
    "export const code = (error: unknown) => (error instanceof ImageError && error.code === 'USAGE' ? error.hint : names)",
  ].join('\n'),
  'inspect.ts': [
    "import { type Described, inspect } from 'transload'",
    "const { format, images } = await inspect('app.tar', { full: true })",
    'export const [first]: Described[] = images',
    "export const isOCI: boolean = format === 'oci'",
  ].join('\n'),
  'streams.ts': [
    "import { createReadStream, createWriteStream } from 'node:fs'",
    "import { convert } from 'transload'",
    "await convert(createReadStream('a.tar'), createWriteStream('b.tar'))",
    "await convert(process.stdin, process.stdout, { format: 'docker-25' })",
  ].join('\n'),
}

/** Programs that are mistakes, and what TypeScript has to find in them. */
const MISTAKES: Record<string, [text: string, found: RegExp]> = {
  'option.ts': ["import { convert } from 'transload'\nawait convert('a', 'b', { layer: 'gzip' })\n", /'layer'/],
  'source.ts': ["import { convert } from 'transload'\nawait convert(1, 'b')\n", /'number'/],
}

describe.each(Object.entries(COMPILERS))('TypeScript %s', (_, ts) => {
  test.each(['20', '24'])(
    'takes what users write without skipLibCheck, and tells mistakes, with Node’s types of %s',
    async (node) => {
      const place = await project(node)
      const compile = compiler(ts, place)
      for (const options of settings(ts, node)) {
        const found = compile([...Object.keys(PROGRAMS), ...Object.keys(MISTAKES)], options)
        expect(found).toEqual(Object.values(MISTAKES).map(([, message]) => expect.stringMatching(message)))
      }
    },
    300_000,
  )
})

test('the package ships the types of what is public, in one file', async () => {
  const place = await temporaryDirectory()
  await installPackage(place)
  const files = Object.keys(await filesBelow(join(place, 'node_modules', 'transload')))
  expect(files.filter((path) => path.endsWith('.d.ts'))).toEqual(['dist/index.d.ts'])
  const text = await readFile(join(place, 'node_modules', 'transload', 'dist', 'index.d.ts'), 'utf8')
  expect([...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name)).toEqual(['node:stream'])
})

/** A project of a user that has the package and Node's types. */
async function project(node: string): Promise<string> {
  const place = await temporaryDirectory()
  await installPackage(place)
  await installOurs(place, '@types/node', node === '20' ? '@types/node' : `types-node-${node}`)
  if (node === '20') await installOurs(place, 'undici-types')
  await writeFile(join(place, 'package.json'), '{"type":"module"}')
  for (const [name, text] of Object.entries(PROGRAMS)) await writeFile(join(place, name), text)
  for (const [name, [text]] of Object.entries(MISTAKES)) await writeFile(join(place, name), text)
  return place
}

/** The second release of Node's types is for their sake, not that of the settings. */
function settings(ts: TypeScript, node: string): typescript.CompilerOptions[] {
  const { ModuleKind, ModuleResolutionKind } = ts
  const kinds = [
    { module: ModuleKind.NodeNext, moduleResolution: ModuleResolutionKind.NodeNext },
    { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler },
  ]
  const all = kinds.flatMap((kind) => [
    { ...kind, exactOptionalPropertyTypes: true },
    { ...kind, exactOptionalPropertyTypes: false },
  ])
  return node === '20' ? all : all.slice(0, 1)
}

/** Compiles programs and returns what is wrong with them. What TypeScript brings is not checked, and parsed once. */
function compiler(ts: TypeScript, place: string) {
  const parsed = new Map<string, typescript.SourceFile | undefined>()
  return (names: string[], options: typescript.CompilerOptions): string[] => {
    const strict = { strict: true, noEmit: true, skipLibCheck: false, skipDefaultLibCheck: true }
    const all = { ...options, ...strict, target: ts.ScriptTarget.ES2022, types: ['node'] }
    const host = ts.createCompilerHost(all)
    const parse = host.getSourceFile.bind(host)
    host.getCurrentDirectory = () => place
    host.getSourceFile = (path, ...rest) => {
      const key = `${options.module} ${path}`
      if (!parsed.has(key)) parsed.set(key, parse(path, ...rest))
      return parsed.get(key)
    }
    const program = ts.createProgram(
      names.map((name) => join(place, name)),
      all,
      host,
    )
    return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      return `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  }
}
