import { describe, expect, test } from 'vitest'
import { freshLayout, indexText, layoutWith, tagged } from '../fixtures/editing.js'
import { addImage, image, type Layout } from '../fixtures/image.js'
import { umoci } from '../fixtures/umoci.js'

const COMMANDS = [
  ['stat'],
  ['config', '--author', 'me'],
  ['tag', 'new'],
  ['unpack', '/nonexistent/bundle'],
  ['raw', 'unpack', '/nonexistent/rootfs'],
  ['raw', 'config', '/nonexistent/config.json'],
  ['insert', '/nonexistent/file', '/file'],
  ['insert', '--whiteout=true', '/file'],
  ['raw', 'add-layer', '/nonexistent/layer.tar'],
]

/** A layout whose only image has this tag, and the digest of its manifest. */
async function layoutTagged(tag: string): Promise<{ path: string; digest: string }> {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const descriptor = addImage(layout, image())
  layout.manifests.push(tagged(descriptor, tag))
  return { path: await layoutWith(layout), digest: descriptor.digest }
}

describe.each([
  ['the tag of a full name', 'repo/app:v1', () => 'v1'],
  ['a digest', 'v1', (digest: string) => digest],
  ['the hex digits of a digest', 'v1', (digest: string) => digest.slice('sha256:'.length)],
  ['a full name', 'app:v1', () => 'docker.io/library/app:v1'],
])('%s is no tag', (_, tag, nameOf) => {
  test.each(COMMANDS)('for umoci %s', async (...words) => {
    const { path, digest } = await layoutTagged(tag)
    const { status, stderr } = await umoci(...words, '--image', `${path}:${nameOf(digest)}`)
    expect(status).toBe(1)
    expect(stderr.at(-1)).toMatch(/^ {3}⨯ tag (?:is )?not found: /)
  })

  test('and umoci remove removes nothing', async () => {
    const { path, digest } = await layoutTagged(tag)
    const before = indexText(path)
    expect(await umoci('remove', '--image', `${path}:${nameOf(digest)}`)).toMatchObject({ status: 0, stderr: [] })
    expect(indexText(path)).toBe(before)
  })
})

test('a tag like that of a full name is itself one', async () => {
  const { path } = await layoutTagged('repo/app:v1')
  expect((await umoci('stat', '--image', `${path}:repo/app:v1`)).status).toBe(0)
})

test('what is no layout is told by the command itself', async () => {
  const { status, stderr } = await umoci('tag', '--image', `${await freshLayout()}/none:v1`, 'v2')
  expect(status).toBe(1)
  expect(stderr.at(-1)).toContain('no such file or directory')
})
