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
    "await convert(Buffer.from(''), process.stdout, { end: false })",
    "await convert(new URL('file:///a.tar'), new URL('file:///b.tar'))",
  ].join('\n'),
  'web.ts': [
    "import { convert, type ConvertOptions, inspect } from 'transload'",
    "const { body } = await fetch('https://example.com/a.tar')",
    'if (body !== null) await inspect(body)',
    'const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()',
    'export const whole = new Response(readable).arrayBuffer()',
    'export const options: ConvertOptions = { signal: undefined }',
    'await convert(new Uint8Array(1), writable, options)',
  ].join('\n'),
  'iterables.ts': [
    "import { type ByteSource, convert, type ImageDestination, type ImageSource } from 'transload'",
    'async function* chunks() {',
    '  yield new Uint8Array(1)',
    '}',
    'export const bytes: ByteSource = chunks()',
    'export const carry = (from: ImageSource, to: ImageDestination) => convert(from, to)',
    "await carry(bytes, 'oci:app')",
  ].join('\n'),
}

/** Programs with streams of other packages. */
const WITH_OTHERS: Record<string, string> = {
  'tar.ts': [
    "import * as tarFS from 'tar-fs'",
    "import * as tarStream from 'tar-stream'",
    "import { convert } from 'transload'",
    'await convert(tarStream.pack(), tarStream.extract(), { end: true })',
    "await convert(tarFS.pack('in'), tarFS.extract('out'), { end: true })",
  ].join('\n'),
  'streamx.ts': [
    "import { Readable, Writable } from 'streamx'",
    "import { convert } from 'transload'",
    'await convert(new Readable(), new Writable())',
  ].join('\n'),
}

/** What they need, and what Node's types do. */
const OTHERS = ['@types/tar-fs', 'events-universal', 'streamx', 'tar-stream', 'undici-types']

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
        const found = compile(Object.keys({ ...PROGRAMS, ...WITH_OTHERS, ...MISTAKES }), options)
        expect(found).toEqual(Object.values(MISTAKES).map(([, message]) => expect.stringMatching(message)))
      }
    },
    300_000,
  )

  test('takes them with the types of the web alone', async () => {
    const place = await project(undefined)
    const options = { ...settings(ts, '24')[0], types: [] }
    expect(compiler(ts, place)(['paths.ts', 'web.ts', 'iterables.ts', 'inspect.ts'], options)).toEqual([])
  }, 300_000)
})

test('the package ships the types of what is public, in one file', async () => {
  const place = await temporaryDirectory()
  await installPackage(place)
  const files = Object.keys(await filesBelow(join(place, 'node_modules', 'transload')))
  expect(files.filter((path) => path.endsWith('.d.ts'))).toEqual(['dist/index.d.ts'])
  const text = await readFile(join(place, 'node_modules', 'transload', 'dist', 'index.d.ts'), 'utf8')
  expect([...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name)).toEqual([])
})

/** What other packages declare is theirs. */
const OF_OTHERS = /\/node_modules\/(?!transload\/)/

/** A project of a user that has the package and, perhaps, Node's types. */
async function project(node: string | undefined): Promise<string> {
  const place = await temporaryDirectory()
  await installPackage(place)
  if (node !== undefined) await installOurs(place, '@types/node', node === '20' ? '@types/node' : `types-node-${node}`)
  for (const name of node === undefined ? [] : OTHERS) await installOurs(place, name)
  await writeFile(join(place, 'package.json'), '{"type":"module"}')
  for (const [name, text] of Object.entries({ ...PROGRAMS, ...WITH_OTHERS })) await writeFile(join(place, name), text)
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
    const all = { target: ts.ScriptTarget.ES2022, types: ['node'], ...options, ...strict }
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
    const found = ts.getPreEmitDiagnostics(program).filter(({ file }) => !OF_OTHERS.test(file?.fileName ?? ''))
    return found.map(({ file, messageText }) => {
      return `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  }
}
