import { expect, test } from 'vitest'
import { isRuntimeOrder } from '../../src/bundle/labels.js'

test.each([
  'bundle',
  'run.oci.hooks.stderr',
  'run.oci.keep_original_groups',
  'org.systemd.property.CPUWeight',
  'org.criu.config',
  'module.wasm.image/variant',
  'io.kubernetes.cri-o.Devices',
  'cdi.k8s.io/gpu',
])('an order to a runtime is known: %s', (label) => {
  expect(isRuntimeOrder(label)).toBe(true)
})

test.each([
  'bundle.version',
  'my.run.oci.hooks',
  'runXoci.hooks',
  'Run.oci.hooks',
  'org.opencontainers.image.title',
  'io.buildah.version',
  '',
])('any other label is none: %s', (label) => {
  expect(isRuntimeOrder(label)).toBe(false)
})
