// Makes src/generated/ from schemas/: the types, and the validators as plain code, so that no schema is compiled at start-up.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import standaloneCode from 'ajv/dist/standalone/index.js'
import { compile } from 'json-schema-to-typescript'

const schemas = new URL('../schemas/', import.meta.url)
const generated = new URL('../src/generated/', import.meta.url)
/** Our keyword for objects whose keys foreign writers print in any case. */
const FOLDED = 'x-keys-in-any-case'
const banner = '// Generated from schemas/ by scripts/generate.js.\n'

const names = (await readdir(schemas)).filter((name) => name.endsWith('.schema.json')).sort()
const all = await Promise.all(names.map(async (name) => JSON.parse(await readFile(new URL(name, schemas), 'utf8'))))
await mkdir(generated, { recursive: true })
await writeFile(new URL('types.ts', generated), banner + (await types()))
await writeFile(new URL('validators.js', generated), banner + validators())
await writeFile(new URL('validators.d.ts', generated), banner + declarations())

/** One schema that reaches every other, so that each shared definition becomes one type. */
function types() {
  const everything = {
    title: 'Everything',
    type: 'object',
    properties: Object.fromEntries(all.map((schema) => [schema.title, { $ref: schema.$id }])),
    additionalProperties: false,
  }
  return compile(everything, 'Everything', { bannerComment: '', cwd: schemas.pathname, style: { semi: false } })
}

function validators() {
  const ajv = new Ajv({
    schemas: all,
    allowUnionTypes: true,
    keywords: [FOLDED],
    code: { source: true, esm: true, lines: true },
  })
  const code = standaloneCode.default(ajv, Object.fromEntries(all.map((schema) => [`is${schema.title}`, schema.$id])))
  const item = all.find((schema) => schema.items?.[FOLDED])?.items
  return `${code}\nexport const keysOf${item.title} = ${JSON.stringify(Object.keys(item.properties))}\n`
}

function declarations() {
  const imports = `import type { ${all.map((schema) => schema.title).join(', ')} } from './types.js'\n`
  const errors =
    'export interface SchemaError { instancePath: string; message?: string; params: Record<string, unknown> }\n'
  const guard = (title) =>
    `export const is${title}: { (value: unknown): value is ${title}; errors?: SchemaError[] | null }\n`
  const keys = 'export const keysOfDockerManifestItem: readonly string[]\n'
  return imports + errors + all.map((schema) => guard(schema.title)).join('') + keys
}
