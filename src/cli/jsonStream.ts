import { isArchivePlace, isStandardOutput, parsePlace } from '../transport/places.js'

/** Returns the stream for a report; never the one that carries an archive to the destination. */
export function jsonStream(destination: string | undefined): NodeJS.WritableStream {
  if (destination === undefined) return process.stdout
  const place = parsePlace(destination, 'destination')
  return isArchivePlace(place) && isStandardOutput(place.path) ? process.stderr : process.stdout
}
