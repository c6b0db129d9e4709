import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { archiveOf } from '../fixtures/archives.js'
import type { Image } from '../fixtures/image.js'
import { APP, appBeside, appItem, LAYER, OTHER_LAYER, reads, TWO, type Variant } from './variant.js'

/** What the JSON says, and how it is written. */
export const JSON_FORMS: readonly Variant[] = [
  {
    name: '31-history-short',
    what: 'the history of the config has fewer steps than there are layers',
    build: () => configured({ history: [step('one')] }),
    outcome: reads('HISTORY'),
  },
  {
    name: '32-history-long',
    what: 'the history of the config has more steps that made a layer than there are layers',
    build: () => configured({ history: ['one', 'two', 'three'].map(step) }),
    outcome: reads('HISTORY'),
  },
  {
    name: '33-history-none',
    what: 'the config has no history',
    build: () => configured({}),
    outcome: reads(),
  },
  {
    name: '36-manifest-trailing-garbage',
    what: 'something follows the JSON of manifest.json, which some read and others do not',
    build: () => appBeside(`${JSON.stringify([appItem()])}\n{"more":true}`),
    outcome: { refuses: /manifest\.json: not JSON/ },
  },
  {
    name: '37-manifest-bom',
    what: 'manifest.json starts with a byte order mark',
    build: () => appBeside(`\ufeff${JSON.stringify([appItem()])}`),
    outcome: { refuses: /manifest\.json: JSON starts with a byte order mark/ },
  },
  {
    name: '38-diffid-mismatch',
    what: 'the layer is another one than the config says',
    build: () => archiveOf(APP, ['a.tar'], [{ name: 'a.tar', content: OTHER_LAYER }]),
    outcome: { refuses: /diffID of layer 0 differs/ },
  },
  {
    name: 'b04-lowercase-keys',
    what: 'the keys of manifest.json are in lower case, as Jib writes them',
    build: () => appBeside(lowered()),
    outcome: reads(),
  },
  {
    name: 'b05-dup-json-keys',
    what: 'manifest.json names two configs for one image, by giving the key twice',
    build: () => appBeside(JSON.stringify([appItem()]).replace('{', '{"Config":"nope.json",')),
    outcome: { refuses: /manifest\.json: "Config" is given twice, with different values/ },
  },
  {
    name: 'b23-config-BOM',
    what: 'the config starts with a byte order mark',
    build: () => written(`\ufeff${APP.config}`),
    outcome: { refuses: /JSON starts with a byte order mark/ },
  },
  {
    name: 'b24-config-trailing-ws',
    what: 'white space follows the JSON of the config',
    build: () => written(`${APP.config} \n\t\r\n`),
    outcome: reads(),
  },
  {
    name: 'b25-config-indent',
    what: 'the JSON of the config is indented',
    build: () => written(JSON.stringify(JSON.parse(APP.config.toString()), null, 4)),
    outcome: reads(),
  },
]

function step(command: string) {
  return { created: '1970-01-01T00:00:00Z', created_by: command }
}

/** An image of two layers whose config says this, too. */
function configured(says: Record<string, unknown>): Buffer {
  return stored({ tags: TWO.tags, config: canonicalJSON({ ...JSON.parse(TWO.config.toString()), ...says }) }, 2)
}

/** An image of one layer with a config of this text. */
function written(config: string): Buffer {
  return stored({ tags: APP.tags, config: Buffer.from(config) }, 1)
}

function stored(image: Pick<Image, 'tags' | 'config'>, layers: number): Buffer {
  const files = [LAYER, OTHER_LAYER].slice(0, layers).map((content, at) => ({ name: `${at}.tar`, content }))
  return archiveOf(
    image,
    files.map(({ name }) => name),
    files,
  )
}

function lowered(): string {
  const entries = Object.entries(appItem()).map(([key, value]) => [key.toLowerCase(), value])
  return JSON.stringify([Object.fromEntries(entries)])
}
