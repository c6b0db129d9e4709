import { expect, test } from 'vitest'
import type { Flag } from '../../src/umoci/flags.js'
import { parseFlags } from '../../src/umoci/parseFlags.js'

const KNOWN: Flag[] = [
  { names: ['json', 'j'], kind: 'switch', usage: '' },
  { names: ['image'], kind: 'text', usage: '' },
  { names: ['config.env'], kind: 'list', usage: '' },
  { names: ['platform.os', 'os'], kind: 'text', usage: '' },
]

test('a value follows its flag or a =, and one dash is as good as two', () => {
  for (const args of [['--image', 'a:b'], ['-image', 'a:b'], ['--image=a:b'], ['-image=a:b']]) {
    expect(parse(...args).flags.text('image')).toBe('a:b')
  }
})

test('a value may look like a flag, be empty or have a = itself', () => {
  expect(parse('--image', '--json').flags.text('image')).toBe('--json')
  expect(parse('--image', '--').flags.text('image')).toBe('--')
  expect(parse('--image=').flags.text('image')).toBe('')
  expect(parse('--config.env=A=B=C').flags.list('config.env')).toEqual(['A=B=C'])
})

test('a list keeps all of its values in order, a text the last one', () => {
  const { flags } = parse('--config.env', 'A=1', '--image', 'a', '--config.env=B=2', '--image', 'b')
  expect(flags.list('config.env')).toEqual(['A=1', 'B=2'])
  expect(flags.text('image')).toBe('b')
})

test('flags end at the first other argument, and behind --', () => {
  expect(parse('--json', 'a', '--image', 'b').rest).toEqual(['a', '--image', 'b'])
  expect(parse('--json', '--', '--image', 'b').rest).toEqual(['--image', 'b'])
  expect(parse('-', '--json').rest).toEqual(['-', '--json'])
})

test('a switch takes a value only behind =, and is given even if it is false', () => {
  expect(parse('--json', 'false')).toMatchObject({ rest: ['false'] })
  expect(parse('--json').flags.isOn('json')).toBe(true)
  expect(parse('--json=T').flags.isOn('json')).toBe(true)
  const { flags } = parse('--json=0')
  expect([flags.isOn('json'), flags.has('json')]).toEqual([false, true])
  expect(parse().flags.isOn('json')).toBe(false)
})

test('a flag is found under its first name, whichever was given', () => {
  expect(parse('--os', 'linux').flags.text('platform.os')).toBe('linux')
  expect(parse('-j').flags.isOn('json')).toBe(true)
})

test('mistakes are told in the words of Go', () => {
  const told = {
    'flag provided but not defined: -x': ['--x'],
    'flag needs an argument: -image': ['--json', '--image'],
    'bad flag syntax: ---json': ['---json'],
    'bad flag syntax: -=x': ['-=x'],
    'invalid boolean value "yes" for -json: parse error': ['--json=yes'],
    'Cannot use two forms of the same flag: os platform.os': ['--os', 'a', '--platform.os', 'b'],
  }
  for (const [message, args] of Object.entries(told)) {
    expect(() => parse(...args)).toThrow(expect.objectContaining({ code: 'USAGE', message }))
  }
})

function parse(...args: string[]) {
  return parseFlags(args, KNOWN)
}
