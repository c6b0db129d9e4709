import { archiveOf, stacked } from '../fixtures/archives.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'
import { APP, appItem, configName, LAYER, OTHER_LAYER, reads, TWO, table, type Variant } from './variant.js'

/** Files that are links to others. */
export const LINKS: readonly Variant[] = [
  {
    name: '16-dup-symlink',
    what: 'a layer that the image has twice, the second time as a symlink, as Docker writes it up to 24',
    build: () =>
      archiveOf(TWICE, ['x/layer.tar', 'z/layer.tar'], [file('x/layer.tar'), link('z/layer.tar', '../x/layer.tar')]),
    outcome: reads(),
  },
  {
    name: '17-dup-hardlink',
    what: 'a layer that the image has twice, the second time as a hard link',
    build: () =>
      archiveOf(TWICE, ['x/layer.tar', 'z/layer.tar'], [file('x/layer.tar'), hardLink('z/layer.tar', 'x/layer.tar')]),
    outcome: reads(),
  },
  {
    name: '18-all-symlink-layers',
    what: 'every layer is named by way of a symlink',
    build: () =>
      archiveOf(
        TWO,
        ['id0/layer.tar', 'id1/layer.tar'],
        [
          file('a.tar'),
          file('b.tar', OTHER_LAYER),
          link('id0/layer.tar', '../a.tar'),
          link('id1/layer.tar', '../b.tar'),
        ],
      ),
    outcome: reads(),
  },
  {
    name: '19-symlink-before-target',
    what: 'a symlink comes before the layer that it leads to',
    build: () => archiveOf(APP, ['id0/layer.tar'], [link('id0/layer.tar', '../a.tar'), file('a.tar')]),
    outcome: reads(),
  },
  {
    name: '20-symlink-chain',
    what: 'a symlink to a symlink to the layer',
    build: () =>
      archiveOf(APP, ['q.tar'], [file('a.tar'), link('id0/layer.tar', '../a.tar'), link('q.tar', 'id0/layer.tar')]),
    outcome: reads(),
  },
  {
    name: 'b01-hardlink-only',
    what: 'the only name of the layer that manifest.json knows is a hard link',
    build: () => archiveOf(APP, ['h.tar'], [file('a.tar'), hardLink('h.tar', 'a.tar')]),
    outcome: reads(),
  },
  {
    name: 'b02-symlink-dotslash',
    what: 'a layer as a symlink in a tar whose entries all start with ./',
    build: () => tar([...DOTTED, { name: './manifest.json', content: JSON.stringify([itemOf('x/layer.tar')]) }]),
    outcome: reads(),
  },
  {
    name: 'b03-symlink-dir',
    what: 'manifest.json names lnk/a.tar, and lnk is a symlink to the directory real',
    build: () => archiveOf(APP, ['lnk/a.tar'], [{ name: 'real/', type: '5' }, file('real/a.tar'), link('lnk', 'real')]),
    outcome: reads(),
  },
  {
    name: 'b19-symlink-out-layer',
    what: 'the layer is a symlink to /etc/passwd, which the archive does not have',
    build: () => archiveOf(APP, ['a.tar'], [link('a.tar', '/etc/passwd')]),
    outcome: { refuses: /a\.tar: (a layer is not in the archive|leads out of the archive)/ },
  },
  {
    name: 'b20-symlink-config',
    what: 'the config is a symlink to the file that has it',
    build: () => tar([file('a.tar'), CONFIG, link('c.json', CONFIG.name), table({ ...appItem(), Config: 'c.json' })]),
    outcome: reads(),
  },
  {
    name: 'b21-symlink-manifest',
    what: 'manifest.json is a symlink to the file that has it',
    build: () => tar([file('a.tar'), CONFIG, { ...table(appItem()), name: 'm.json' }, link('manifest.json', 'm.json')]),
    outcome: reads(),
  },
]

const TWICE = stacked([LAYER, LAYER])

const CONFIG = { name: configName(APP), content: APP.config }

const DOTTED = [
  file('./a.tar'),
  link('./x/layer.tar', '../a.tar'),
  { name: `./${CONFIG.name}`, content: CONFIG.content },
]

function itemOf(layer: string) {
  return { ...appItem(), Layers: [layer] }
}

function file(name: string, content: Buffer = LAYER): EntrySpec {
  return { name, content }
}

function link(name: string, linkTarget: string): EntrySpec {
  return { name, type: '2', linkTarget }
}

function hardLink(name: string, linkTarget: string): EntrySpec {
  return { name, type: '1', linkTarget }
}
