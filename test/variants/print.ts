import { VARIANTS } from './index.js'
import { PEERS, READERS, RESULTS } from './peers.js'
import type { Outcome } from './variant.js'

const INTRO = `# Archives in the wild

Writers of archives take liberties, and readers differ in which of them they take: each row is a small archive made for
one question, and says what comes of it here and elsewhere, measured with Docker 20.10.24, 28.5.2 (both stores),
podman 4.3.1 and 5.8.6, skopeo 1.22, containerd 1.6.20 and 2.1.9, crane. transload reads what has one meaning, warns of
what is odd (\`--strict\` refuses that, too), and refuses what lies or has two readings. Of the others \`ok\` loads and
unpacks, \`ok*\` does so without \`--local\` only, \`silent\` loads and says nothing, \`hidden\` loads and does not list it,
\`nothing\` loads nothing and reports success, \`broken\` loads what cannot be unpacked, \`fails\` says why, and \`panics\`
does not.
`

/** docs/archives.md, whole. */
export function archivesDocument(): string {
  const head = row(['variant', 'what it is', 'transload', ...READERS])
  const rule = `|${' --- |'.repeat(READERS.length + 3)}`
  const rows = VARIANTS.map(({ name, what, outcome }) => row([name, what, ours(outcome), ...theirs(name)]))
  return `${INTRO}\n${[head, rule, ...rows].join('\n')}\n`
}

function ours(outcome: Outcome): string {
  if ('refuses' in outcome) return 'refuses'
  const { warnings } = outcome.reads
  return warnings.length === 0 ? 'reads' : `reads, warns ${warnings.map((code) => `\`${code}\``).join(', ')}`
}

function theirs(name: string): string[] {
  return [...(PEERS[name] ?? '')].map((letter) => RESULTS[letter] ?? letter)
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
