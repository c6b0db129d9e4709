import { describe, expect, test } from 'vitest'
import { epochIn, goTime, momentOf, unixSeconds } from '../../src/spec/time.js'

describe('the epoch', () => {
  test.each([
    ['UTC', '1970-01-01T00:00:00Z'],
    ['Etc/UTC', '1970-01-01T00:00:00Z'],
    ['+00:00', '1970-01-01T00:00:00Z'],
    ['-00:00', '1970-01-01T00:00:00Z'],
    ['America/New_York', '1969-12-31T19:00:00-05:00'],
    ['-05:00', '1969-12-31T19:00:00-05:00'],
    ['Etc/GMT+5', '1969-12-31T19:00:00-05:00'],
    ['Asia/Kolkata', '1970-01-01T05:30:00+05:30'],
    ['+05:30', '1970-01-01T05:30:00+05:30'],
    ['-00:30', '1969-12-31T23:30:00-00:30'],
    ['+14:00', '1970-01-01T14:00:00+14:00'],
    ['-23:59', '1969-12-31T00:01:00-23:59'],
    // Of that time, not of now: Britain kept summer time all the year.
    ['Europe/London', '1970-01-01T01:00:00+01:00'],
    // An offset with seconds, which Go cuts off when it prints it.
    ['Africa/Monrovia', '1969-12-31T23:15:30-00:44'],
  ])('in %s was %s', (zone, epoch) => {
    expect(epochIn(zone)).toBe(epoch)
  })

  test.each(['', 'Mars/Base', '5', '+5', '+24:00', '-05:60', '05:00', 'UTC\n'])('in %j is nothing', (zone) => {
    expect(() => epochIn(zone)).toThrow(expect.objectContaining({ code: 'USAGE', found: JSON.stringify(zone) }))
  })
})

describe('seconds since 1970', () => {
  test.each([
    ['1970-01-01T00:00:01Z', 1],
    ['2026-11-23T07:26:49.999999999Z', 1795418809],
    ['2026-11-23T07:26:49Z', 1795418809],
    ['1970-01-01T00:00:00-05:00', 18_000],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1970-01-01T00:00:00.999Z', 0],
  ])('of %s are %i', (time, seconds) => {
    expect(unixSeconds(time)).toBe(seconds)
  })

  test.each(['1969-12-31T23:59:59Z', '0001-01-01T00:00:00Z', 'yesterday', '', null, undefined])(
    'of %j are none',
    (time) => {
      expect(unixSeconds(time)).toBe(0)
    },
  )
})

describe('a time as Go prints it', () => {
  test.each([
    ['2025-09-05T13:05:10.12345+10:00', '2025-09-05T13:05:10.12345+10:00'],
    ['2025-09-05T13:05:10.1200Z', '2025-09-05T13:05:10.12Z'],
    ['2025-09-05T13:05:10,000+00:00', '2025-09-05T13:05:10Z'],
    ['2025-09-05T13:05:10-23:59', '2025-09-05T13:05:10-23:59'],
    // Go reads this one, and cannot print it.
    ['2025-09-05T13:05:10+24:00', undefined],
    ['2025-09-05T13:05:10+10:60', undefined],
    ['2025-02-30T00:00:00Z', undefined],
    ['2025-09-05', undefined],
    ['', undefined],
  ])('%s', (text, printed) => {
    expect(goTime(text)).toBe(printed)
  })
})

describe('the moment that a new document states', () => {
  test('is SOURCE_DATE_EPOCH', () => {
    expect(momentOf({ SOURCE_DATE_EPOCH: '1757041510' })).toBe('2025-09-05T03:05:10Z')
    expect(momentOf({ SOURCE_DATE_EPOCH: '-1' })).toBe('1969-12-31T23:59:59Z')
  })

  test('is now without it', () => {
    const before = Date.now()
    for (const environment of [{}, { SOURCE_DATE_EPOCH: '' }]) {
      const time = Date.parse(momentOf(environment))
      expect(time).toBeGreaterThanOrEqual(before)
      expect(time).toBeLessThanOrEqual(Date.now())
    }
  })

  test.each(['1.5', 'now', '1e9', '99999999999999', ' 1', '0x10'])('refuses %s', (epoch) => {
    expect(() => momentOf({ SOURCE_DATE_EPOCH: epoch })).toThrow('a whole number of seconds')
  })
})
