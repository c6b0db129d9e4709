import { describe, expect, test } from 'vitest'
import { parseArguments } from '../../src/cli/arguments.js'
import type { Commands } from '../../src/cli/command.js'

const COMMANDS: Commands = {
  carry: {
    options: {
      level: { name: 'level', kind: 'wholeNumber' },
      layers: { name: 'layers', kind: 'choice', values: ['keep', 'gzip'] },
      tags: { name: 'tag', kind: 'list' },
      uname: { name: 'uname', kind: 'text' },
      json: { name: 'json', kind: 'switch' },
      quiet: { name: 'quiet', kind: 'switch', alias: 'q' },
      replace: { name: 'no-replace', kind: 'switch', isNegated: true },
      typeBits: { name: 'type-bits', kind: 'onOff' },
      noTag: { name: 'no-tag', kind: 'choice', values: ['a', 'b'], default: 'a' },
    },
    places: ['FROM', 'TO'],
    ifMore: 'call it more than once',
    run: async () => {},
  },
  look: { options: { full: { name: 'full', kind: 'switch' } }, places: ['FROM'], ifMore: '', run: async () => {} },
}

test.each([
  [
    ['carry', '-', ''],
    ['-', ''],
  ],
  [
    ['carry', '--', '-x.tar', '--json'],
    ['-x.tar', '--json'],
  ],
  [
    ['carry', '--json', 'true', 'to'],
    ['true', 'to'],
  ],
])('what is no option is a place, as it is written: %j', (args, places) => {
  expect(parseArguments(args, COMMANDS)).toMatchObject({ kind: 'run', command: COMMANDS.carry, places })
})

const DEFAULTS = { tags: [], json: false, quiet: false, replace: true, noTag: 'a' }

test.each([
  [['--level', '3', '--tag', 'a', '--tag=b=c', '--json'], { level: 3, tags: ['a', 'b=c'], json: true }],
  [['-q', '--tag=-x', '--uname=', '--json=false'], { quiet: true, tags: ['-x'], uname: '', json: false }],
  [['--json', '--json', '--level', '-1', '--no-tag=b'], { json: true, level: -1, noTag: 'b' }],
  [['--no-replace', '--type-bits', 'on'], { replace: false, typeBits: true }],
  [['--no-replace=false', '--type-bits=off'], { replace: true, typeBits: false }],
  [[], { level: undefined, layers: undefined, uname: undefined, typeBits: undefined }],
])('options have values of their kinds, or their defaults: %j', (args, values) => {
  const expected = { ...DEFAULTS, ...values }
  expect(parseArguments(['carry', ...args], COMMANDS)).toMatchObject({ values: expected })
  expect(parseArguments([...args, 'carry'], COMMANDS)).toMatchObject({ values: expected })
})

test.each([
  [['--bogus', 'carry', '--help'], { kind: 'help', topic: 'carry' }],
  [['help', 'look'], { kind: 'help', topic: 'look' }],
  [['help'], { kind: 'help' }],
  [['-V'], { kind: 'version' }],
])('%j asks for %j', (args, asked) => {
  expect(parseArguments(args, COMMANDS)).toEqual(asked)
})

describe.each([
  ['the command is missing: expected carry, look', 'transload --help tells more', []],
  ['unknown option --verion', 'did you mean --version?', ['--verion']],
  ['unknown command lok', 'did you mean look?', ['lok', 'a']],
  ['unknown command unpack', 'the commands are carry, look', ['unpack', '--help']],
  ['unknown option --jsn', 'did you mean --json?', ['carry', '--jsn']],
  ['unknown option --json', '--help lists the options', ['look', '--json']],
  ['unknown option --toString', '--help lists the options', ['look', '--toString']],
  ['unknown option --dest-compress-format', 'use --layers', ['carry', '--dest-compress-format=zstd']],
  [
    'unknown option -x.tar',
    'a path that starts with a dash is written ./-x.tar, or after --',
    ['carry', '-x.tar', 'b'],
  ],
  ['unknown option -x', '--help lists the options', ['carry', '-x', 'b']],
  ['--layers needs a value', undefined, ['carry', '--layers']],
  ['--layers needs a value: found --json', undefined, ['carry', '--layers', '--json']],
  ['--tag needs a value', undefined, ['carry', '--tag=']],
  ['--layers: expected keep, gzip, found lzma', undefined, ['carry', '--layers=lzma']],
  ['--type-bits: expected on, off, found true', undefined, ['carry', '--type-bits=true']],
  ['--level: expected a whole number, found x', undefined, ['carry', '--level', 'x']],
  ['--json takes no value: found yes', undefined, ['carry', '--json=yes']],
  ['--level is given more than once', undefined, ['carry', '--level', '1', '--level', '1']],
  ['--json is given more than once', undefined, ['carry', '--json', '--json=false']],
  ['one argument too many: c: expected transload carry FROM TO', 'call it more', ['carry', 'a', 'b', 'c']],
  ['4 arguments too many: c, d and 2 more: expected', 'call it', ['carry', 'a', 'b', 'c', 'd', 'e', 'f']],
])('%s', (message, hint, args) => {
  test(`is the answer to ${JSON.stringify(args)}`, () => {
    expect(() => parseArguments(args, COMMANDS)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringContaining(message),
        hint: hint === undefined ? undefined : expect.stringContaining(hint),
      }),
    )
  })
})
