import { quoted } from './cut.js'
import { ImageError } from './errors.js'

/**
 * Returns 1970-01-01T00:00:00Z in the local time of a zone, in RFC 3339 as Go prints it. A zone is an IANA name or an
 * offset like -05:00.
 * @throws ImageError USAGE
 */
export function epochIn(zone: string): string {
  const offset = offsetOf(zone)
  const local = new Date(offset * 1000).toISOString().slice(0, 19)
  if (offset === 0) return `${local}Z`
  const minutes = Math.floor(Math.abs(offset) / 60)
  const two = (value: number) => `${value}`.padStart(2, '0')
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** The last second within 64 bits of nanoseconds since 1970, in the year 2262. */
const LAST_SECOND = 9_223_372_036

/**
 * Returns a time as Docker sets it on files: whole seconds since 1970, rounded down. Returns 0 for no time, for one
 * before 1970, and for one beyond 64 bits of nanoseconds (moby, pkg/system/chtimes.go).
 */
export function unixSeconds(time: string | null | undefined): number {
  const seconds = Math.floor(Date.parse(time ?? '') / 1000)
  return seconds > 0 && seconds <= LAST_SECOND ? seconds : 0
}

/** The zero value of Go's time.Time. */
export const ZERO_TIME = '0001-01-01T00:00:00Z'

/**
 * Returns a time of RFC 3339 as Go prints it: with up to nine digits of a second, trailing zeros dropped, and no offset
 * written as Z. Returns undefined for what Go does not read.
 */
export function goTime(text: string): string | undefined {
  const [, seconds, fraction = '', offset] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text) ?? []
  if (seconds === undefined || !isTime(seconds)) return undefined
  const digits = fraction.slice(0, 9).replace(/0+$/, '')
  return `${seconds}${digits === '' ? '' : `.${digits}`}${/^[+-]00:00$/.test(offset ?? '') ? 'Z' : offset}`
}

/** Returns false for times that JavaScript would shift, such as the 30th of February or 24 o'clock. */
function isTime(seconds: string): boolean {
  const time = new Date(`${seconds}Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(seconds)
}

/** Returns the offset from UTC on 1970-01-01, in seconds. */
function offsetOf(zone: string): number {
  const text = /^[+-](?:[01]\d|2[0-3]):[0-5]\d$/.test(zone) ? `GMT${zone}` : ianaOffset(zone)
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
  const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return sign === '-' ? -offset : offset
}

/** Returns `GMT`, or `GMT-05:00` and the like. */
function ianaOffset(zone: string): string {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    return format.formatToParts(0).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  } catch (error) {
    throw new ImageError('USAGE', 'not a time zone', {
      expected: 'a name like America/New_York, or an offset like -05:00',
      found: quoted(zone),
      cause: error,
    })
  }
}

/**
 * Returns the moment that a new document states: SOURCE_DATE_EPOCH, in seconds since 1970, or else now
 * (reproducible-builds.org).
 * @throws ImageError USAGE unless it is a whole number within the years 0 to 9999
 */
export function momentOf(environment: Readonly<Record<string, string | undefined>>): string {
  const seconds = sourceDateEpoch(environment)
  return shortTime(seconds === undefined ? new Date() : new Date(seconds * 1000))
}

/**
 * Returns SOURCE_DATE_EPOCH, in seconds since 1970; undefined if it is not set.
 * @throws ImageError USAGE unless it is a whole number within the years 0 to 9999
 */
export function sourceDateEpoch({
  SOURCE_DATE_EPOCH: epoch = '',
}: Readonly<Record<string, string | undefined>>): number | undefined {
  if (epoch === '') return undefined
  const seconds = /^[+-]?\d{1,19}$/.test(epoch) ? Number(epoch) : Number.NaN
  const year = new Date(seconds * 1000).getUTCFullYear()
  if (year >= 0 && year <= 9999) return seconds
  throw new ImageError('USAGE', 'SOURCE_DATE_EPOCH', {
    expected: 'a whole number of seconds since 1970',
    found: quoted(epoch),
  })
}

function shortTime(time: Date): string {
  const text = time.toISOString()
  return goTime(text) ?? text
}
