#!/usr/bin/env node
import { VERSION } from './version.js'

// Answer before anything else is loaded: scripts ask for it often.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${VERSION}\n`)
} else {
  const { main } = await import('./main.js')
  await main(process.argv.slice(2))
}
