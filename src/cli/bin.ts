#!/usr/bin/env node
import { basename } from 'node:path'
import { VERSION } from './version.js'

const [, path = '', ...args] = process.argv
// By this name, as that of a link to this file, it is umoci.
const isUmoci = basename(path) === 'umoci'

// Answer before anything else is loaded: scripts ask for it often.
if (!isUmoci && args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${VERSION}\n`)
} else {
  const { main } = await import('./main.js')
  await main(isUmoci ? ['umoci', ...args] : args)
}
