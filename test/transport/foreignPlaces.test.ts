import { describe, expect, test } from 'vitest'
import { parsePlace } from '../../src/transport/places.js'

test.each([
  ['oci-dir:x', 'oci:x'],
  ['ocidir://x:v1', 'oci:x:v1'],
  ['oci-layout:/x', 'oci:/x'],
  ['oci-layout:///x', 'oci:/x'],
  ['OCI:x', 'oci:x'],
  ['oci://x', 'oci:x'],
  ['oci:////x', 'oci:/x'],
  ['oci-dir:', 'oci:PATH'],
  ['oci-archive://x.tar', 'oci-archive:x.tar'],
  ['Docker-Archive:x.tar:v1', 'docker-archive:x.tar:v1'],
  ['docker-archive://x.tar', 'docker-archive:x.tar'],
  ['file:///x/app.tar', '/x/app.tar'],
  ['FILE:app.tar', 'app.tar'],
])('%s is answered with the spelling %s, which is one', (text, ours) => {
  for (const role of ['source', 'destination'] as const) {
    expect(() => parsePlace(text, role)).toThrow(
      expect.objectContaining({ code: 'USAGE', where: text, hint: `write ${ours}` }),
    )
    expect(() => parsePlace(ours, role)).not.toThrow()
  }
})

describe.each([
  ['docker://a.example/app:v1', 'skopeo copy docker://a.example/app:v1 oci:DIR', 'skopeo copy oci:DIR docker://a.exam'],
  ['DOCKER://app', 'skopeo copy docker://app', 'skopeo copy oci:DIR docker://app'],
  ['docker-image://app', 'skopeo copy docker://app', 'skopeo copy oci:DIR docker://app'],
  ['registry:app', 'skopeo copy docker://app', 'skopeo copy oci:DIR docker://app'],
  ['docker-daemon:app:v1', 'docker save app:v1 | transload', '- | docker load'],
  ['docker:app', 'docker save app | transload', '- | docker load'],
  ['containers-storage:app', 'podman save app | transload', '- | podman load'],
  ['dir:x', 'skopeo copy dir:x oci:DIR', 'skopeo copy oci:DIR dir:x'],
  ['tarball:x.tar', 'docker import x.tar', 'docker-archive:x.tar'],
  ['https://a.example/app.tar', 'curl -fL https://a.example/app.tar | transload', 'FILE.tar'],
  ['s3://bucket/app.tar', '| transload convert -', 'transload convert SOURCE - |'],
])('%s is answered with what to do', (text, source, destination) => {
  test.each([
    ['source', source],
    ['destination', destination],
  ] as const)('as a %s', (role, hint) => {
    expect(() => parsePlace(text, role)).toThrow(
      expect.objectContaining({ code: 'USAGE', where: text, hint: expect.stringContaining(hint) }),
    )
  })
})
