import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { printInspection } from '../../src/cli/inspectText.js'
import { inspect } from '../../src/commands/inspect.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { newLayout } from '../fixtures/archives.js'
import { transload } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { addBlob, addImage, image, layoutEntries } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

/** A control of old and of new terminals, what turns text round, what hides it, an end of a line, half of a character. */
const ODD = '\u001b\u009b\u200e\u200f\u061c\u202e\u00ad\u2028\ufeff\u{e0001}\ud83d'
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/u
const SHOWN = '\\u001b\\u009b\\u200e\\u200f\\u061c\\u202e\\u00ad\\u2028\\ufeff\\u{e0001}\\ud83d'

describe('characters that act on a terminal do not, wherever an archive has them:', () => {
  test('in what inspect shows', async () => {
    const inspection = await inspect(await temporaryFile(odd()))
    const text = printInspection(`odd${ODD}.tar`, inspection)
    for (const line of text.split('\n')) expect(line).not.toMatch(HARMFUL)
    for (const field of ['.tar', 'name', 'author', 'os', 'label', 'step', 'comment', 'artifact', 'ignored: '])
      expect(text).toContain(field)
    expect(text.split(SHOWN).length).toBeGreaterThan(9)
  })

  test('in JSON, which means the same', async () => {
    const path = await temporaryFile(odd())
    const { stdout } = await transload('inspect', path, '--json')
    expect(stdout.trimEnd()).not.toMatch(HARMFUL)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(await inspect(path))))
  })

  test('in warnings, the summary and JSON of convert', async () => {
    const [path, to] = [await temporaryFile(odd()), await temporaryDirectory()]
    for (const more of [['--progress', 'plain'], ['--json']]) {
      const { status, stdout, stderr } = await transload('convert', path, join(to, more[0] ?? ''), ...READABLE, ...more)
      expect(status).toBe(0)
      for (const line of `${stdout}${stderr}`.trimEnd().split('\n')) expect(line).not.toMatch(HARMFUL)
      expect(stderr).toContain('\\u200e')
    }
  })

  test.each([
    ['a place that is not there', `no${ODD}.tar`, []],
    ['a selector', 'FILE', ['--image', `app${ODD}`]],
    ['an option', 'FILE', [`--odd${ODD}`]],
  ])('in the error about %s', async (_, from, more) => {
    const source = from === 'FILE' ? await temporaryFile(odd()) : from
    const { status, stdout, stderr } = await transload('inspect', source, ...more)
    expect([status !== 0, stdout]).toEqual([true, ''])
    // The system takes no half of a character for an argument.
    for (const line of stderr.trimEnd().split('\n')) expect(line.replaceAll('\ufffd', '')).not.toMatch(HARMFUL)
    expect(stderr).toContain('\\u001b\\u009b\\u200e\\u200f')
  })

  test('in the error about a document', async () => {
    const text = `[{"Config":"a","Layers":[],"LayerSources":{"k${ODD.slice(1)}":1}}]`
    for (const content of [text, `{"a":${ODD}`]) {
      const { stderr } = await transload('inspect', await temporaryFile(tar([{ name: 'manifest.json', content }])))
      expect(stderr).toContain('transload: ')
      for (const line of stderr.trimEnd().split('\n')) expect(line.replaceAll('\ufffd', '')).not.toMatch(HARMFUL)
    }
  })

  test('in the names of files', async () => {
    const path = join(await temporaryDirectory(), `d${ODD.slice(0, -1)}`)
    await mkdir(join(path, `f${ODD.slice(0, -1)}`), { recursive: true })
    const { stderr } = await transload('inspect', path)
    for (const line of stderr.trimEnd().split('\n')) expect(line).not.toMatch(HARMFUL)
    expect(stderr.split('\\u200e').length).toBeGreaterThan(2)
  })
})

/** Selects what of it is not broken. */
const READABLE = ['@0', '@1', '@2'].map((position) => `--image=${position}`)

/** An archive that has them in every field that is shown. */
function odd(): Buffer {
  const layout = newLayout()
  const config = {
    author: `author${ODD}`,
    created: '2024-01-01T00:00:00Z',
    architecture: `arch${ODD}`,
    os: `os${ODD}`,
    config: { Labels: { [`label${ODD}`]: `value${ODD}` }, WorkingDir: `/dir${ODD}`, [`run${ODD}`]: ODD },
    history: [
      { created_by: `step${ODD}`, comment: `comment${ODD}` },
      { created_by: ODD, empty_layer: true },
    ],
  }
  const annotations = { 'io.containerd.image.name': `name${ODD}`, 'org.opencontainers.image.ref.name': `ref${ODD}` }
  const made = addImage(layout, image({ files: ['one'], config }))
  layout.manifests.push({ ...made, annotations, [`field${ODD}`]: 1 })
  const platform = { os: `os${ODD}`, architecture: `arch${ODD}`, variant: `v${ODD}` }
  const children = [
    { ...made, platform },
    { ...addBlob(newLayout(), Buffer.from(ODD), OCI_MANIFEST), platform },
  ]
  const index = canonicalJSON({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: children })
  layout.manifests.push(addBlob(layout, index, OCI_INDEX))
  const artifact = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: `artifact${ODD}`,
    config: addBlob(layout, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json'),
    layers: [],
  }
  layout.manifests.push({ ...addBlob(layout, canonicalJSON(artifact), OCI_MANIFEST), artifactType: `artifact${ODD}` })
  const broken = addBlob(layout, Buffer.from(`{"${ODD}": 1}`), OCI_MANIFEST)
  layout.manifests.push({ ...broken, annotations })
  const unreadable = addBlob(layout, Buffer.from(`{"mediaType": "${ODD.slice(2)}"}`), OCI_CONFIG)
  layout.manifests.push({ ...unreadable, mediaType: OCI_MANIFEST })
  return tar(layoutEntries(layout))
}
