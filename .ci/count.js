// Prints how many tests passed and failed in all, alone on the last line.
import { readFileSync } from 'node:fs'

const runs = ['unit.json', 'engines.json'].map((name) =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')),
)
const sum = (key) => runs.reduce((total, run) => total + run[key], 0)
console.log(`${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed`)
