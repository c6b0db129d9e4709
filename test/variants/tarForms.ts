import { archiveOf, stacked } from '../fixtures/archives.js'
import { dockerArchive, dockerEntries } from '../fixtures/image.js'
import { base256, type EntrySpec, gnuLong, pax, tar } from '../fixtures/tar.js'
import { APP, appItem, configName, LAYER, OTHER_LAYER, reads, table, type Variant } from './variant.js'

/** How headers are written. */
const HEADERS: readonly Variant[] = [
  {
    name: '26-pax',
    what: 'every entry has a PAX header, with a time, a size and a path',
    build: () => tar(dockerEntries([APP]).flatMap((entry) => [paxOf(entry), entry])),
    outcome: reads(),
    isInTar: true,
  },
  {
    name: 'b08-longname-gnu',
    what: "a path of more than 100 characters in GNU's form",
    build: () => archiveOf(APP, [LONG], [gnuLong('L', LONG), { name: LONG.slice(0, 100), content: LAYER, magic: GNU }]),
    outcome: reads(),
    isInTar: true,
  },
  {
    name: 'b09-longname-pax',
    what: 'a path of more than 100 characters in a PAX header',
    build: () => archiveOf(APP, [LONG], [pax({ path: LONG }), { name: LONG.slice(0, 100), content: LAYER }]),
    outcome: reads(),
    isInTar: true,
  },
  headed('b10-type7-contiguous', 'the layer is a contiguous file, which is a file like others (POSIX)', { type: '7' }),
  headed('b11-type-nul', 'the layer has the type NUL, as files had before POSIX', { type: '\0' }),
  {
    name: 'b12-v7-header',
    what: 'all headers are those of Unix version 7, without a magic',
    build: () => tar(dockerEntries([APP]).map((entry) => ({ ...entry, magic: '\0'.repeat(8) }))),
    outcome: reads(),
    isInTar: true,
  },
  headed('b13-base256-size', 'the size of the layer is written in base 256', { size: base256(BigInt(LAYER.length)) }),
  {
    ...headed('b14-type-unknown-Z', 'the layer has a type that nobody knows, which is to be read as a file (POSIX)', {
      type: 'Z',
    }),
    outcome: reads('UNKNOWN_TYPE'),
  },
]

/** How the tar ends. */
const ENDS: readonly Variant[] = [
  {
    name: '27-gnu-blocked',
    what: "GNU's headers, and zeros to the end of a record of 10240 bytes",
    build: () => {
      const entries = dockerEntries([APP]).map((entry) => ({ ...entry, magic: GNU }))
      return Buffer.concat([tar(entries), Buffer.alloc(10240)]).subarray(0, 10240)
    },
    outcome: reads(),
    isInTar: true,
  },
  {
    name: '28-no-eof-blocks',
    what: 'no zero blocks at the end',
    build: () => tar(dockerEntries([APP]), { end: Buffer.alloc(0) }),
    outcome: reads('NO_END_MARKER'),
    isInTar: true,
  },
  {
    name: '29-one-eof-block',
    what: 'one zero block at the end instead of two',
    build: () => tar(dockerEntries([APP]), { end: Buffer.alloc(512) }),
    outcome: reads(),
    isInTar: true,
  },
  {
    name: '64-empty-tar',
    what: 'a tar without entries',
    build: () => tar([]),
    outcome: { refuses: /found (an empty tar|nothing)/ },
  },
  {
    name: '65-zero-bytes',
    what: 'a file of no bytes',
    build: () => Buffer.alloc(0),
    outcome: { refuses: /the archive is empty/ },
    isInTar: true,
  },
  {
    name: '72-truncated',
    what: 'the archive breaks off within the layer',
    build: () => {
      const before = [{ name: configName(APP), content: APP.config }, table(appItem())]
      return tar([...before, { name: 'a.tar', content: LAYER }]).subarray(0, -2048)
    },
    outcome: { refuses: /the archive ends within a\.tar/ },
    isInTar: true,
  },
  {
    name: 'b28-junk-after-eof',
    what: 'something that is no tar follows the end of the archive',
    build: () => Buffer.concat([dockerArchive(APP), Buffer.from('junk'.repeat(300))]),
    outcome: reads('AFTER_END'),
    isInTar: true,
  },
  {
    name: 'b29-concat-archives',
    what: 'an archive of another image follows the end of the archive',
    build: () => Buffer.concat([dockerArchive(APP), dockerArchive(stacked([OTHER_LAYER], ['other:v2']))]),
    outcome: reads('AFTER_END'),
    isInTar: true,
  },
]

/** What is there twice, or where it has no place. */
const ENTRIES: readonly Variant[] = [
  {
    name: '34-dup-manifest-last-bad',
    what: 'manifest.json twice, and the second one names a config that is not there',
    build: () => tar([...dockerEntries([APP]), NOPE]),
    outcome: { refuses: /manifest\.json: the archive has this file more than once, with different content/ },
    isInTar: true,
  },
  {
    name: '35-dup-manifest-first-bad',
    what: 'manifest.json twice, and the first one names a config that is not there',
    build: () => tar([NOPE, ...dockerEntries([APP])]),
    outcome: { refuses: /manifest\.json: the archive has this file more than once, with different content/ },
    isInTar: true,
  },
  twice('b15-dup-layer-good-bad', 'the layer twice, and the second one is not what the config says', [
    LAYER,
    OTHER_LAYER,
  ]),
  twice('b16-dup-layer-bad-good', 'the layer twice, and the first one is not what the config says', [
    OTHER_LAYER,
    LAYER,
  ]),
  {
    name: 'b17-dup-config',
    what: 'the config twice, and the second one is for another architecture',
    build: () => {
      const other = APP.config.toString().replace('amd64', 'arm64')
      const configs = [APP.config, other].map((content) => ({ name: 'c.json', content }))
      const layer = { name: 'a.tar', content: LAYER }
      return tar([layer, ...configs, table({ Config: 'c.json', RepoTags: APP.tags, Layers: ['a.tar'] })])
    },
    outcome: { refuses: /c\.json: the archive has this file more than once, with different content/ },
    isInTar: true,
  },
  {
    name: 'b18-dotdot-entry',
    what: 'an entry that nothing names has a path that leads out of the archive',
    build: () => tar([{ name: '../evil', content: 'evil' }, ...dockerEntries([APP])]),
    outcome: reads('ENTRY_OUTSIDE'),
    isInTar: true,
  },
]

/** The form of the tar itself. */
export const TAR_FORMS: readonly Variant[] = [...HEADERS, ...ENDS, ...ENTRIES]

/** Magic and version of GNU's headers. */
const GNU = 'ustar  \0'

const LONG = `${'long/'.repeat(25)}layer.tar`

const NOPE = table({ Config: 'nope.json', RepoTags: APP.tags, Layers: [] })

function paxOf({ name, content }: EntrySpec): EntrySpec {
  return pax({ mtime: '1700000000.123456789', size: `${Buffer.from(content ?? '').length}`, path: name })
}

/** A layer with something special in its header. */
function headed(name: string, what: string, header: Partial<EntrySpec>): Variant {
  const build = () => archiveOf(APP, ['a.tar'], [{ name: 'a.tar', content: LAYER, ...header }])
  return { name, what, build, outcome: reads(), isInTar: true }
}

/** A layer that is there as often as there are contents. */
function twice(name: string, what: string, contents: readonly Buffer[]): Variant {
  return {
    name,
    what,
    build: () =>
      archiveOf(
        APP,
        ['a.tar'],
        contents.map((content) => ({ name: 'a.tar', content })),
      ),
    outcome: { refuses: /a\.tar: the archive has this file more than once, with different content/ },
    isInTar: true,
  }
}
