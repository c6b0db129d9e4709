// How measurements are told: as text, as Markdown, as a picture.

/** A job's runs with what is wanted of ours, and whether it is met; undefined where the other is not installed. */
export function judged({ name, title, wanted }, runs, bytes) {
  const ours = runs.get('transload')
  return { name, title, runs, goals: wanted.map((want) => goalOf(want, { ours, runs, bytes })) }
}

function goalOf({ of, most, seconds = 0, bytes: peer, least }, { ours, runs, bytes }) {
  if (least !== undefined) {
    const found = bytes / 1e6 / ours.cpu
    return { found: `${found.toFixed(0)} MB/s a core`, wanted: `at least ${least}`, isMet: found >= least }
  }
  const others = peer === undefined ? of : [peer]
  const values = others.flatMap((other) => runs.get(other)?.[peer === undefined ? 'wall' : 'bytes'] ?? [])
  const what = peer === undefined ? others.join(' or ') : `${peer}’s bytes`
  const bound = `at most ${most} × ${what}${seconds === 0 ? '' : ` + ${seconds} s`}`
  if (values.length < others.length) return { found: 'not installed', wanted: bound, isMet: undefined }
  const base = Math.max(...values)
  const own = peer === undefined ? ours.wall : ours.bytes
  return { found: `${(own / base).toFixed(3)} × ${what}`, wanted: bound, isMet: own <= most * base + seconds }
}

/** A job as lines for a terminal. */
export function text({ name, title, runs, goals }) {
  const lines = [...runs].map(
    ([who, { wall, cpu, memory }]) =>
      `  ${who.padEnd(10)} ${fixed(wall, 2)} s wall  ${fixed(cpu, 2)} s CPU  ${fixed(memory, 0)} MB`,
  )
  const told = goals.map(({ found, wanted, isMet }) => `  ${mark(isMet)} ${found}; wanted ${wanted}`)
  return [`\n${name}: ${title}`, ...lines, ...told].join('\n')
}

function fixed(value, digits) {
  return (value?.toFixed(digits) ?? '–').padStart(6)
}

function mark(isMet) {
  return isMet === undefined ? '–' : isMet ? '✓' : '✗'
}

/** All jobs as a table. */
export function markdown(rows, { bytes, rounds }) {
  const lines = rows.map(({ title, runs, goals }) => {
    const ours = runs.get('transload')
    const others = [...runs].filter(([who]) => who !== 'transload')
    const cells = [
      title,
      `**${ours.wall.toFixed(2)} s**, ${ours.cpu.toFixed(2)} s CPU, ${ours.memory.toFixed(0)} MB`,
      others
        .map(
          ([who, { wall, memory }]) =>
            `${who} ${wall.toFixed(2)} s${memory === undefined ? '' : `, ${memory.toFixed(0)} MB`}`,
        )
        .join('<br>'),
      goals.map(({ found, isMet }) => `${mark(isMet)} ${found}`).join('<br>'),
      goals.map(({ wanted }) => wanted).join('<br>'),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `${about({ bytes, rounds })}

| job | transload | beside it | compared | wanted |
| --- | --- | --- | --- | --- |
${lines.join('\n')}
`
}

function about({ bytes, rounds }) {
  return `An archive of ${(bytes / 1e9).toFixed(2)} GB; medians of ${rounds} by wall time, all in the same run.`
}

const WIDTH = 760
const LEFT = 300
const BAR = 14

/** What takes longer than half a second, beside the peer: bars of wall time, ours in colour. */
export function picture(rows, { bytes, rounds }) {
  const shown = rows.filter(({ runs }) => runs.has('skopeo'))
  const longest = Math.max(...shown.flatMap(({ runs }) => [runs.get('transload').wall, runs.get('skopeo').wall]), 0.01)
  const height = 60 + shown.length * 52
  const bars = shown.flatMap((row, at) => {
    const top = 50 + at * 52
    const title = `<text x="${LEFT - 12}" y="${top + 20}" text-anchor="end">${escaped(row.title)}</text>`
    return [title, bar('transload', row, { top, longest }), bar('skopeo', row, { top: top + BAR + 4, longest })]
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">
<title>Wall time of transload beside skopeo</title>
<style>text { fill: #24292f } .transload { fill: #2f81f7 } .skopeo { fill: #9aa4af } .ground { fill: #fff }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .skopeo { fill: #6e7681 } .ground { fill: #0d1117 } }</style>
<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>
<text x="${LEFT}" y="28">${escaped(about({ bytes, rounds }))}</text>
${bars.join('\n')}
</svg>
`
}

function bar(who, { runs }, { top, longest }) {
  const { wall } = runs.get(who)
  const width = (wall / longest) * (WIDTH - LEFT - 150)
  return `<rect class="${who}" x="${LEFT}" y="${top}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/><text x="${(LEFT + width + 8).toFixed(1)}" y="${top + 11}" font-size="11">${who} ${wall.toFixed(2)} s</text>`
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
