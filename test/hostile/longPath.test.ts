import { describe, expect, test } from 'vitest'
import { dockerEntries, image } from '../fixtures/image.js'
import { converted } from '../fixtures/layout.js'
import { pax, tar } from '../fixtures/tar.js'

describe('a path longer than any file system takes is refused, so that many of them do not fill the memory:', () => {
  test.each(['a', '../a'])('%s…', async (start) => {
    const archive = tar([pax({ path: start.padEnd(5000, 'a') }), { name: 'x' }, ...dockerEntries([image()])])
    await expect(converted(archive)).rejects.toMatchObject({ code: 'UNSAFE' })
  })
})
