/**
 * Matches annotations that runtimes take as orders: to run hooks, use devices, read files of the host, keep groups, and
 * so on. crun and runc list theirs as unsafe, and trust whoever writes the config (features.md).
 */
const ORDER = new RegExp(
  `^(?:bundle$|${[
    'run.oci.',
    'org.systemd.property.',
    'org.criu.',
    'module.wasm.image',
    'io.kubernetes.cri.',
    'io.kubernetes.cri-o.',
    'io.katacontainers.',
    'dev.gvisor.',
    'cdi.k8s.io/',
  ]
    .map((prefix) => prefix.replaceAll('.', '\\.'))
    .join('|')})`,
)

/** True if the label of an image would be an order to a runtime, once it is an annotation. */
export function isRuntimeOrder(label: string): boolean {
  return ORDER.test(label)
}
