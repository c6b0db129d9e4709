import { expect, test } from 'vitest'
import { runtimeOf, runtimeText } from '../fixtures/runtime.js'

const ORDERS = [
  'run.oci.hooks.stdout',
  'run.oci.seccomp_bpf_data',
  'run.oci.keep_original_groups',
  'run.oci.handler',
  'org.systemd.property.DeviceAllow',
  'org.criu.config',
  'module.wasm.image/variant',
  'io.kubernetes.cri.container-type',
  'io.kubernetes.cri-o.Devices',
  'io.katacontainers.config.hypervisor.path',
  'dev.gvisor.spec.mount.x.source',
  'cdi.k8s.io/gpu',
  'bundle',
]

test.each(ORDERS)('the label %s does not reach the runtime', (label) => {
  const { text, warnings } = runtimeText({ config: { Labels: { [label]: '/etc/x', plain: 'y' } } })
  expect(JSON.parse(text).annotations).not.toHaveProperty([label])
  expect(JSON.parse(text).annotations.plain).toBe('y')
  expect(warnings).toEqual([
    expect.objectContaining({ code: 'RUNTIME_LABEL', message: expect.stringContaining(label) }),
  ])
})

test('it does if the user wants so', () => {
  const Labels = Object.fromEntries(ORDERS.map((label) => [label, 'x']))
  expect(runtimeOf({ Labels }, { keepLabels: true }).annotations).toMatchObject(Labels)
})

test.each([
  'run_oci.x',
  'my.run.oci.x',
  'bundler',
  'org.systemd.propertyX',
  'io.kubernetes.criticality',
  'org.opencontainers.x',
])('the label %s is harmless', (label) => {
  const { text, codes } = runtimeText({ config: { Labels: { [label]: 'x' } } })
  expect(JSON.parse(text).annotations[label]).toBe('x')
  expect(codes).toEqual([])
})

test('odd names of labels are names', () => {
  const { text } = runtimeText({ config: JSON.parse('{"Labels":{"__proto__":"a","constructor":"b","":"c"}}') })
  expect(text).toContain('"": "c",\n\t\t"__proto__": "a",\n\t\t"constructor": "b"')
})
