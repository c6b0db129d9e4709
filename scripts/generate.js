// Makes src/generated/ from schemas/: the types, and the validators as plain code, so that no schema is compiled at start-up.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import standaloneCode from 'ajv/dist/standalone/index.js'
import { compile } from 'json-schema-to-typescript'

const schemas = new URL('../schemas/', import.meta.url)
const generated = new URL('../src/generated/', import.meta.url)
/** Our keyword for properties that Go prints, and how. */
const PRINTED = 'x-go'
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
    keywords: [PRINTED],
    formats: { 'date-time': true },
    // A function for each definition, not a copy wherever it is used: half the code to load.
    inlineRefs: false,
    code: { source: true, esm: true, lines: true },
  })
  const code = standaloneCode.default(ajv, Object.fromEntries(all.map((schema) => [`is${schema.title}`, schema.$id])))
  const shapes = all.map((schema) => `export const shapeOf${schema.title} = ${JSON.stringify(shapeOf(schema))}\n`)
  const v1 = all.find((schema) => schema.title === 'DockerV1Layer')
  return `${code}\n${shapes.join('')}export const fieldsOfDockerV1Layer = ${JSON.stringify(fieldsOf(v1))}\n`
}

/** The keys that a document knows, level by level: what Go reads into structs; maps have free keys. And what may be null. */
function shapeOf(schema, base = schema.$id) {
  if (schema.$ref !== undefined) return referredShape(schema.$ref, base)
  const mayBeNull = [schema.type].flat().includes('null') ? { null: true } : {}
  return { ...keysOf(schema, base), ...mayBeNull }
}

function referredShape(reference, base) {
  const [file, pointer] = reference.split('#')
  const document = file === '' ? byId(base) : byId(file)
  const path = (pointer ?? '').split('/').slice(1)
  return shapeOf(
    path.reduce((part, key) => part[key], document),
    document.$id,
  )
}

function keysOf(schema, base) {
  const { properties, items, additionalProperties } = schema
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(([key, property]) => [key, shapeOf(property, base)])
    // What a document must not have is known, too: in whatever case.
    const forbidden = (schema.not?.anyOf ?? []).flatMap(({ required }) => required.map((key) => [key, {}]))
    return { fields: Object.fromEntries([...fields, ...forbidden]) }
  }
  if (items !== undefined) return { items: shapeOf(items, base) }
  return typeof additionalProperties === 'object' ? { values: shapeOf(additionalProperties, base) } : {}
}

function byId(id) {
  return all.find(({ $id }) => $id === id)
}

/** The fields of a Go struct in its order: what they hold, and when they are printed. */
function fieldsOf({ properties }) {
  return Object.entries(properties)
    .filter(([, property]) => PRINTED in property)
    .map(([name, property]) => {
      const schema = all.find(({ $id }) => $id === property.$ref) ?? property
      const nested = schema.properties === undefined ? {} : { fields: fieldsOf(schema) }
      return { name, printed: property[PRINTED], kind: kindOf(schema), ...nested }
    })
}

/** The Go type that a JSON type is read into. */
function kindOf({ type, format, properties, additionalProperties }) {
  if (format === 'date-time') return 'time'
  const types = [type].flat()
  if (types.includes('array')) return types.includes('string') ? 'words' : 'list'
  if (!types.includes('object')) return types[0]
  if (properties !== undefined) return 'struct'
  return [additionalProperties.type].flat().includes('string') ? 'map' : 'set'
}

function declarations() {
  const imports = `import type { ${all.map((schema) => schema.title).join(', ')} } from './types.js'\n`
  const errors =
    'export interface SchemaError { keyword: string; instancePath: string; message?: string; params: Record<string, unknown> }\n'
  const guard = (title) =>
    `export const is${title}: { (value: unknown): value is ${title}; errors?: SchemaError[] | null }\n`
  const shape =
    'export interface Shape { fields?: Readonly<Record<string, Shape>>; items?: Shape; values?: Shape; null?: true }\n' +
    all.map((schema) => `export const shapeOf${schema.title}: Shape\n`).join('')
  const fields =
    "export interface GoField { name: string; printed: 'always' | 'unless empty' | 'pointer'\n" +
    "  kind: 'string' | 'boolean' | 'integer' | 'time' | 'list' | 'words' | 'map' | 'set' | 'struct'\n" +
    '  fields?: readonly GoField[] }\n' +
    'export const fieldsOfDockerV1Layer: readonly GoField[]\n'
  return imports + errors + all.map((schema) => guard(schema.title)).join('') + shape + fields
}
