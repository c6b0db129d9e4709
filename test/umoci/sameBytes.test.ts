import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { temporaryDirectory } from '../fixtures/directory.js'
import { indexText } from '../fixtures/editing.js'
import { umoci } from '../fixtures/umoci.js'

afterEach(() => void vi.unstubAllEnvs())

const EVERYTHING = [
  ['--platform.os', 'linux', '--platform.arch', 'arm64', '--created', '2025-09-05T13:05:10.12345+10:00'],
  ['--author', 'A <a@b>', '--config.user', 'me:us', '--config.env', 'A=1', '--config.env', 'é=<&>'],
  ['--config.label', 'b=2', '--config.label', 'a=ü', '--config.exposedports', '80/tcp'],
  ['--config.exposedports', '53/udp', '--config.volume', '/data', '--config.entrypoint', '/bin/sh'],
  ['--config.entrypoint=-c', '--config.cmd', '', '--config.workingdir', '/', '--config.stopsignal', 'SIGTERM'],
  ['--manifest.annotation', 'z=1', '--manifest.annotation', 'y=2'],
].flat()

const STEP = ['--history.author', 'me', '--history.comment', 'a comment', '--history.created', '2020-01-01T00:00:00Z']

test('a layout after new, config, tag and remove is what umoci 0.6.0 makes of it, byte for byte', async () => {
  vi.stubEnv('SOURCE_DATE_EPOCH', '1757041510')
  const path = join(await temporaryDirectory(), 'layout')
  const [one, two] = [`${path}:v1`, `${path}:v2`]
  const cleared = ['--clear', 'config.labels', '--clear', 'manifest.annotations', '--config.env', 'A=3', '--no-history']
  for (const command of [
    ['init', '--layout', path],
    ['new', '--image', one],
    ['config', '--image', one, ...EVERYTHING],
    ['tag', '--image', one, 'v2'],
    ['config', '--image', one, '--tag', 'v3', ...cleared],
    ['config', '--image', two, ...STEP, '--history.created_by', 'by'],
    ['remove', '--image', one],
  ]) {
    expect(await umoci(...command)).toEqual({ status: 0, stdout: '', stderr: [] })
  }
  // Printed by umoci. The digests stand for the manifests, and these for the configs.
  const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
  expect(indexText(path)).toBe(
    `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"${MANIFEST}","digest":"sha256:9bd7441b0ebf184b7f92c96238b4b58e532d7fc4699cfd725be403b63c9b0008","size":249,"annotations":{"org.opencontainers.image.ref.name":"v3"}},{"mediaType":"${MANIFEST}","digest":"sha256:bce8eed8d1a7061afb4128cd319bf2be8af460a58945efd60c2e1ea95ca9afa3","size":281,"annotations":{"org.opencontainers.image.ref.name":"v2"}}]}\n`,
  )
})
