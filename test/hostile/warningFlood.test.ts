import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { transload } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'

const COUNT = 100_000
const tags = Array.from({ length: COUNT }, () => 'A')
const FLOOD = gzipSync(dockerArchive(image({ tags: [...tags, 'app:v1'] })))
const OTHERS = COUNT - 20

describe('some bytes that make a flood of warnings', () => {
  test('give twenty lines, and one that says how many more there were', async () => {
    const { status, stderr } = await transload('convert', await flood(), `${await temporaryDirectory()}/layout`)
    const lines = stderr.trimEnd().split('\n')
    expect([status, lines.length]).toEqual([0, 21])
    expect(lines[20]).toBe(`warning: ILLEGAL_NAME: ${OTHERS} more of this kind`)
  })

  test('are counted, too, where the command fails in the end', async () => {
    const layout = `${await temporaryDirectory()}/layout`
    const { status, stderr } = await transload('convert', await flood(), layout, '--platform', 'linux/arm64')
    const lines = stderr.trimEnd().split('\n')
    expect([status, lines.length]).toEqual([1, 22])
    expect(lines[20]).toBe(`warning: ILLEGAL_NAME: ${OTHERS} more of this kind`)
    expect(lines[21]).toMatch(/^transload: /)
  })

  test('show twenty oddities in a listing', async () => {
    const { stdout } = await transload('inspect', await flood())
    const [, oddities = ''] = stdout.split('what is odd\n')
    expect(oddities.trimEnd().split('\n')).toHaveLength(21)
    expect(oddities).toContain(`\n  ILLEGAL_NAME  ${OTHERS} more of this kind\n`)
  })

  test('show a thousand oddities in JSON', async () => {
    const { stdout } = await transload('inspect', await flood(), '--json')
    const { warnings } = JSON.parse(stdout)
    expect(warnings).toHaveLength(1001)
    expect(warnings[1000]).toMatchObject({ code: 'ILLEGAL_NAME', more: COUNT - 1000 })
  })

  test('are all told to a program that listens', async () => {
    let heard = 0
    const { warnings } = await convert(await flood(), `${await temporaryDirectory()}/layout`, {
      onWarning: () => heard++,
    })
    expect([heard, warnings.length]).toEqual([COUNT, 1001])
  })

  test('are refused at the first under --strict', async () => {
    const layout = `${await temporaryDirectory()}/layout`
    const { status, stderr } = await transload('convert', await flood(), layout, '--strict')
    expect([status, stderr.trimEnd().split('\n').length]).toEqual([1, 2])
  })
})

function flood(): Promise<string> {
  return temporaryFile(FLOOD)
}
