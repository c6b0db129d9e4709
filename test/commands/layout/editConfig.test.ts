import { describe, expect, test } from 'vitest'
import { editConfig } from '../../../src/commands/editConfig.js'
import type { ConfigEdit } from '../../../src/commands/layoutOptions.js'
import { listTags } from '../../../src/commands/listTags.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { addDocuments, blobText, freshLayout, indexText, layoutWith, MOMENT, tagged } from '../../fixtures/editing.js'
import { addIndex, type Layout, nameAnnotations } from '../../fixtures/image.js'

const FOREIGN =
  '{"os":"linux","docker_version":"1.2","config":{"Healthcheck":{"Interval":1e9},"Labels":{"b":"<b>"},"Cmd":null},"architecture":"arm64","variant":"v8","OnBuild":[],"n":12345678901234567890}'

/** A layout with this config under `v1`. */
async function withConfig(config: string, rest = ''): Promise<string> {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  layout.manifests.push(tagged(addDocuments(layout, config, rest), 'v1'))
  return layoutWith(layout)
}

/** The config after an edit without history. */
async function configAfter(config: string, edit: ConfigEdit): Promise<string> {
  const path = await withConfig(config)
  const edited = await editConfig(path, { history: false, ...edit })
  return blobText(path, edited.config)
}

describe('the config', () => {
  test('what is not changed stays: unknown fields, order, numbers, escapes, variant', async () => {
    expect(await configAfter(FOREIGN, { user: 'me', labels: ['a=1'] })).toBe(
      FOREIGN.replace('"config":{', '"config":{"User":"me",').replace('"b":"<b>"', '"a":"1","b":"<b>"'),
    )
  })

  test('no zero time is written where there is none', async () => {
    expect(await configAfter('{"os":"linux","architecture":"amd64"}', { author: 'me' })).toBe(
      '{"author":"me","os":"linux","architecture":"amd64"}',
    )
  })

  test('lists of words are replaced; variables change in place or are added; maps are sorted', async () => {
    const before = '{"architecture":"a","os":"o","config":{"Env":["A=1","B=2"],"Cmd":["x","y"]},"rootfs":{}}\n'
    const edit = { env: ['B=3', 'C=', 'A=0'], cmd: ['z'], exposedPorts: ['80/tcp', '22'], volumes: ['/b', '/a'] }
    expect(await configAfter(before, edit)).toBe(
      '{"architecture":"a","os":"o","config":{"ExposedPorts":{"22":{},"80/tcp":{}},"Env":["A=0","B=3","C="],"Cmd":["z"],"Volumes":{"/a":{},"/b":{}}},"rootfs":{}}\n',
    )
  })

  test('clearing comes before setting; empty texts remove', async () => {
    const before = '{"author":"me","config":{"User":"u","Cmd":["x"],"Labels":{"a":"1"}}}'
    const edit = { clear: ['config.labels', 'config.cmd'], labels: ['b=2'], user: '', author: '' }
    expect(await configAfter(before, edit)).toBe('{"config":{"Labels":{"b":"2"}}}')
  })

  test.each<[string, ConfigEdit]>([
    ['NAME=VALUE', { env: ['A'] }],
    ['NAME=VALUE', { labels: ['=x'] }],
    ['NAME=VALUE', { annotations: ['foo'] }],
    ['config.labels, ', { clear: ['all'] }],
    ['not safe', { clear: ['rootfs.diffids'] }],
    ['a time like', { created: '2025-02-30T00:00:00Z' }],
    ['a time like', { history: { created: 'now' } }],
    ['not a tag', { tag: 'a b' }],
    ['a list of texts', { env: 'A=1' as never }],
    ['false, or an object', { history: { by: 'me' } as never }],
  ])('refuses what it cannot write: %s %o', async (message, edit) => {
    const path = await freshLayout()
    const before = indexText(path)
    await expect(editConfig(path, edit)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(message),
    })
    expect(indexText(path)).toBe(before)
  })
})

describe('the history', () => {
  test('gets a step with the image’s author, after the change', async () => {
    const path = await freshLayout()
    const { config } = await editConfig(path, { author: 'me & you', history: { created: MOMENT } })
    expect(blobText(path, config)).toContain(
      `"history":[{"created":"${MOMENT}","created_by":"transload config","author":"me \\u0026 you","empty_layer":true}]}\n`,
    )
  })

  test('says what it is told', async () => {
    const path = await freshLayout()
    const history = { author: 'a', comment: 'c', createdBy: 'b', created: MOMENT }
    const { config } = await editConfig(path, { history })
    expect(blobText(path, config)).toContain(
      `"history":[{"created":"${MOMENT}","created_by":"b","author":"a","comment":"c","empty_layer":true}]}\n`,
    )
  })

  test('an edit without a change and without history changes nothing', async () => {
    const path = await freshLayout()
    const before = indexText(path)
    const { digest } = await editConfig(path, { history: false })
    expect(indexText(path)).toBe(before)
    expect(before).toContain(digest)
  })
})

describe('the manifest', () => {
  test('its annotations change; the rest stays', async () => {
    const path = await withConfig('{"os":"linux"}', ',"unknown":1.0,"annotations":{"b":"1"}')
    const { manifest } = await editConfig(path, { annotations: ['a=2', 'b=x=y'], history: false })
    expect(blobText(path, manifest)).toMatch(/"layers":\[\],"unknown":1\.0,"annotations":\{"a":"2","b":"x=y"\}\}$/)
    const cleared = await editConfig(path, { clear: ['manifest.annotations'], history: false })
    expect(blobText(path, cleared.manifest)).toMatch(/"layers":\[\],"unknown":1\.0\}$/)
  })
})

describe('the name', () => {
  test('moves to the changed image, at the end of the index', async () => {
    const path = await withConfig('{"os":"linux"}')
    await editConfig(`${path}:v1`, { user: 'me', tag: 'v2' })
    const { digest } = await editConfig(`${path}:v1`, { user: 'you' })
    expect(await listTags(path)).toEqual(['v2', 'v1'])
    expect(indexText(path)).toContain(`"digest":"${digest}"`)
  })

  test('another tag takes the containerd name along, and moves from another image with a warning', async () => {
    const layout: Layout = { blobs: new Map(), manifests: [] }
    for (const [name, os] of [
      ['docker.io/library/app:v1', 'linux'],
      ['docker.io/library/db:v2', 'windows'],
    ] as const) {
      layout.manifests.push({ ...addDocuments(layout, `{"os":"${os}"}`), annotations: nameAnnotations(name) })
    }
    const path = await layoutWith(layout)
    const codes: string[] = []
    await editConfig(`${path}:app:v1`, { user: 'me', tag: 'v2', onWarning: ({ code }) => codes.push(code) })
    expect(codes).toEqual(['NAME_MOVED'])
    expect(indexText(path)).toContain('"io.containerd.image.name":"docker.io/library/app:v2"')
    expect(indexText(path)).not.toContain('db:v2')
    await expect(editConfig(`${path}:v1`, { user: 'x', tag: 'v2', strict: true })).rejects.toThrow('it now names')
  })
})

describe('one platform of an index', () => {
  async function multi(): Promise<{ path: string; arm: string; amd: string }> {
    const layout: Layout = { blobs: new Map(), manifests: [] }
    const [arm, amd] = ['arm64', 'amd64'].map((architecture) => ({
      ...addDocuments(layout, `{"architecture":"${architecture}","os":"linux"}`),
      platform: { architecture, os: 'linux' },
    }))
    if (arm === undefined || amd === undefined) throw new Error('two were made')
    const attestation = {
      ...addDocuments(layout, '{}', ',"artifactType":"x/y"'),
      annotations: { 'vnd.docker.reference.digest': arm.digest, 'vnd.docker.reference.type': 'attestation-manifest' },
      platform: { architecture: 'unknown', os: 'unknown' },
    }
    layout.manifests.push(tagged(addIndex(layout, [arm, amd, attestation]), 'v1'))
    return { path: await layoutWith(layout), arm: arm.digest, amd: amd.digest }
  }

  test('changes; the index follows and stays on top, with what refers to the image', async () => {
    const { path, arm, amd } = await multi()
    const edited = await editConfig(path, { platform: 'linux/arm64', user: 'me', variant: 'v9' })
    const index = blobText(path, edited.digest)
    expect(index).toContain(amd)
    expect(index).not.toContain(arm)
    expect(index).toContain(`"vnd.docker.reference.digest":"${edited.manifest}"`)
    expect(index).toContain('{"architecture":"arm64","os":"linux","variant":"v9"}')
    expect(blobText(path, edited.config)).toContain('"User":"me"')
    expect(indexText(path)).toContain(edited.digest)
  })

  test('changes in an index within an index; both follow, and keep what is unknown', async () => {
    const layout: Layout = { blobs: new Map(), manifests: [] }
    const config =
      '{"architecture":"arm64","variant":"v8","os":"linux","config":{"OnBuild":["x"],"Healthcheck":{"n":1e3}}}'
    const leaf = { ...addDocuments(layout, config), annotations: { mine: 'yes' } }
    const inner = { ...addIndex(layout, [leaf]), platform: { architecture: 'arm64', os: 'linux' } }
    layout.manifests.push(tagged(addIndex(layout, [inner]), 'v1'))
    const path = await layoutWith(layout)
    const edited = await editConfig(path, { user: 'me', history: false })
    expect(blobText(path, edited.config)).toBe(config.replace('"config":{', '"config":{"User":"me",'))
    const outer = JSON.parse(blobText(path, edited.digest)) as { manifests: Descriptor[] }
    expect(outer.manifests).toEqual([{ ...inner, digest: outer.manifests[0]?.digest, size: inner.size }])
    const middle = JSON.parse(blobText(path, outer.manifests[0]?.digest ?? '')) as { manifests: Descriptor[] }
    expect(middle.manifests).toEqual([{ ...leaf, digest: edited.manifest, size: leaf.size }])
    expect(indexText(path)).toContain(`"digest":"${edited.digest}"`)
  })

  test('one that is not there is an error that lists those that are', async () => {
    const { path } = await multi()
    await expect(editConfig(path, { platform: 'linux/s390x', user: 'me' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('linux/arm64, linux/amd64'),
    })
  })
})
