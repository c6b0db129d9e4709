import type { Transform } from 'node:stream'
import type { Bytes } from './bytes.js'

/** Sends bytes through a stream that changes them. A chunk counts as used when the stream has taken it in. */
export async function* through(bytes: Bytes, transform: Transform): Bytes {
  const fed = feed(bytes, transform).catch((error: unknown) => {
    transform.destroy(error as Error)
    throw error
  })
  fed.catch(() => {})
  try {
    for await (const chunk of transform) yield chunk
    await fed
  } finally {
    transform.destroy()
  }
}

async function feed(bytes: Bytes, transform: Transform): Promise<void> {
  for await (const chunk of bytes) {
    await new Promise<void>((resolve, reject) => {
      transform.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }
  transform.end()
}
