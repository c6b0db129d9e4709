import { describe, expect, test } from 'vitest'
import { itemOfV1, readV1Images } from '../../../src/docker/read/v1Images.js'
import { digestOf } from '../../../src/spec/digest.js'
import { withArchive } from '../../fixtures/intake.js'
import { type EntrySpec, tar } from '../../fixtures/tar.js'
import { SAID, V1_ARCHIVES, v1Archive, v1Entries, v1ID } from '../../fixtures/v1.js'

const [A, B, C] = [v1ID('a'), v1ID('b'), v1ID('c')]
const CHAIN = [{ digit: 'a' }, { digit: 'b', parent: 'a' }, { digit: 'c', parent: 'b' }]

describe('the images of an archive without manifest.json are', () => {
  test('what repositories names, ancestors among it, in its order, and then what nothing is built upon', async () => {
    const repositories = `{"app":{"v1":"${C}","10":"${B}","9":"${C}"},"team/other":{"latest":"${B}"}}`
    const archive = v1Archive([...CHAIN, { digit: '0', parent: 'a' }], repositories)
    expect(await tableOf(archive)).toEqual([
      { names: ['docker.io/library/app:v1', 'docker.io/library/app:9'], ids: [A, B, C] },
      { names: ['docker.io/library/app:10', 'docker.io/team/other:latest'], ids: [A, B] },
      { names: [], ids: [A, v1ID('0')] },
    ])
  })

  test('untagged without repositories', async () => {
    expect(await tableOf(v1Archive(CHAIN))).toEqual([{ names: [], ids: [A, B, C] }])
  })

  test('none if there are neither layers nor repositories', async () => {
    expect(await tableOf(tar([{ name: 'etc/json', type: '5' }]))).toBeUndefined()
  })

  test('under any name of a directory', async () => {
    const entries = [
      { name: './base/json', content: '{}' },
      { name: './top/json', content: '{"Parent":"base"}' },
      { name: 'repositories', content: '{"app":{"v1":"top"}}' },
    ]
    expect(await tableOf(tar(entries))).toEqual([{ names: ['docker.io/library/app:v1'], ids: ['base', 'top'] }])
  })
})

test.each([
  [
    'a layer that repositories names is missing',
    v1Archive(CHAIN, { app: { v1: v1ID('e') } }),
    'NOT_FOUND',
    `${v1ID('e')}/json: repositories names a layer that is not in the archive`,
  ],
  [
    'a parent is missing',
    v1Archive([{ digit: 'b', parent: 'a' }]),
    'NOT_FOUND',
    `${A}/json: ${B}/json names a layer that is not in the archive`,
  ],
  [
    'parents go round beside an image that is whole',
    v1Archive([{ digit: 'a', parent: 'b' }, { digit: 'b', parent: 'a' }, { digit: 'c' }]),
    'UNSAFE',
    'the parents of layers form a cycle',
  ],
  ['repositories names nothing', v1Archive(CHAIN, { app: { v1: '' } }), 'UNSAFE', 'not the id of a layer'],
  [
    'parents go round',
    v1Archive([
      { digit: 'a', parent: 'b' },
      { digit: 'b', parent: 'a' },
    ]),
    'UNSAFE',
    'the parents of layers form a cycle',
  ],
  [
    'parents of a tagged image go round',
    v1Archive(
      [
        { digit: 'a', parent: 'b' },
        { digit: 'b', parent: 'a' },
      ],
      { app: { v1: A } },
    ),
    'UNSAFE',
    'the parents of layers form a cycle',
  ],
  [
    'a layer is its own parent',
    v1Archive([{ digit: 'a', parent: 'a' }]),
    'UNSAFE',
    'the parents of layers form a cycle',
  ],
  ['a parent is a path', jsonOf('{"parent":"../a"}'), 'UNSAFE', 'not the id of a layer'],
  ['a parent is the directory itself', jsonOf('{"parent":"."}'), 'UNSAFE', 'not the id of a layer'],
  ['repositories names a path', v1Archive(CHAIN, { app: { v1: `${A}/../${B}` } }), 'UNSAFE', 'not the id of a layer'],
  ['a json is no object', jsonOf('[]'), 'FORMAT', 'not the json of a docker layer'],
  ['repositories is no object of objects', v1Archive(CHAIN, { app: A }), 'FORMAT', 'not a docker repositories file'],
])('it is refused that %s', async (_, archive, code, message) => {
  await expect(tableOf(archive)).rejects.toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  )
})

describe('it is told', () => {
  test('that a layer says to be another than its directory', async () => {
    const entries = v1Entries([{ digit: 'a', says: `"id":"${A}",${SAID}` }]).map((entry) => ({
      ...entry,
      name: entry.name.replace(A, B),
    }))
    expect(await warningsOf(entries)).toEqual([['V1_ID', `${B}/json`]])
  })

  test('that a name is not legal', async () => {
    expect(await warningsOf(v1Entries(CHAIN, { App: { v1: C } }))).toEqual([['ILLEGAL_NAME', 'repositories']])
  })

  test('nothing of a plain archive', async () => {
    expect(await warningsOf(v1Entries(CHAIN, { app: { v1: C } }))).toEqual([])
  })
})

describe('the config', () => {
  test('is the one that Docker 20.10 makes', async () => {
    for (const [name, id] of Object.entries(KNOWN))
      expect(await imageID(V1_ARCHIVES[name]?.() ?? Buffer.alloc(0)), name).toBe(id)
  })

  test('names every layer by its diffID, compressed or not', async () => {
    const archive = v1Archive(CHAIN, { app: { v1: C } })
    await withArchive('file', archive, async (opened, _, store) => {
      const [only] = (await readV1Images(opened, () => {})) ?? []
      const item = await itemOfV1(only ?? { names: [], layers: [] }, store)
      expect(item.diffIDs).toEqual(
        ['a', 'b', 'c'].map((digit) => digestOf(tar([{ name: `file-${digit}`, content: `file of ${digit}` }]))),
      )
      expect(item.config.parsed.rootfs?.diff_ids).toEqual(item.diffIDs)
      expect(item.layers).toEqual([A, B, C].map((id) => `${id}/layer.tar`))
    })
  })
})

/** What dockerd 20.10.24 shows after `docker load`. */
const KNOWN = {
  'three layers': 'sha256:2ce3ce367267f37c82ea043acc2c8241a5dbb9d24eacea4a1cc8512d5da2de34',
  'a Docker before 1.8.3, whose json is put in order':
    'sha256:a59620c01f79ba2e152920aaa4655084fba120a1cab63f01140e6fdf78e6ea4c',
  'an author': 'sha256:57646885822c4bd0d6415a2c62cc0bf87ae2dfc6f8aa51b109fa89961e4ab9ae',
  nothing: 'sha256:6fa7730e578efe9135a0aedb55605890099f28c43dd2141c63e25b42cf8de96b',
  'what Docker does not know': 'sha256:fdceffd5f9f7994aa2e6af544f398102b4ddbfaa64f180705a76e87c58ac9b01',
  'numbers as large as they get': 'sha256:cb1e6a44f7ed8c732d5557a7e7cf17ab946467761183a760c976e3aa6aebb39d',
  'control characters': 'sha256:bc5d6ee80172ffc10fe695f64933739464cd8c62f2dc9e4e7059f30dfaf1d273',
  'keys in other case': 'sha256:d6a9aefc4094f8f94f970b62405a6d0ad8246cea20cd07c0f36ab0ee9f2b9ab5',
}

function jsonOf(json: string): Buffer {
  return tar([{ name: `${A}/json`, content: json }])
}

async function tableOf(archive: Buffer) {
  return withArchive('file', archive, async (opened) =>
    (await readV1Images(opened, () => {}))?.map(({ names, layers }) => ({ names, ids: layers.map(({ id }) => id) })),
  )
}

async function warningsOf(entries: EntrySpec[]) {
  return withArchive('pipe', tar(entries), async (opened) => {
    const warnings: string[][] = []
    await readV1Images(opened, ({ code, where }) => warnings.push([code, where]))
    return warnings
  })
}

async function imageID(archive: Buffer) {
  return withArchive('file', archive, async (opened, _, store) => {
    const [first] = (await readV1Images(opened, () => {})) ?? []
    const item = await itemOfV1(first ?? { names: [], layers: [] }, store)
    return item.config.digest
  })
}
