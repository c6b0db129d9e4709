import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openStream } from '../../src/archive/input.js'
import { inChunks } from '../fixtures/bytes.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

const ARCHIVE = dockerArchive(image())
const SHORT = tar([{ name: 'blobs/', type: '5' }])
const MARK = Buffer.from([0xef, 0xbb, 0xbf])
const POWERSHELL = /PowerShell's > .*docker save -o FILE/
const SAVE = /docker save -o FILE/

test.each<[string, Buffer, string, RegExp]>([
  ['UTF-16', utf16('\ufeff', ARCHIVE), 'UTF-16 text', POWERSHELL],
  ['UTF-16 without a byte order mark', utf16('', SHORT), 'UTF-16 text', POWERSHELL],
  ['UTF-16 of the other byte order', utf16('\ufeff', ARCHIVE).swap16(), 'UTF-16 text', POWERSHELL],
  ['UTF-16 of the other byte order without the mark', utf16('', SHORT).swap16(), 'UTF-16 text', POWERSHELL],
  ['UTF-16 of gzip', utf16('\ufeff', gzipSync(ARCHIVE)), 'UTF-16 text', POWERSHELL],
  ['UTF-16 of JSON', utf16('', Buffer.from('{"a":1}')), 'UTF-16 text', POWERSHELL],
  ['UTF-8 with a mark', Buffer.concat([MARK, ARCHIVE]), 'UTF-8 text with a byte order mark', POWERSHELL],
  ['base64', base64(ARCHIVE), 'base64 of a tar archive', /base64 -d/],
  ['base64 with long lines', Buffer.from(ARCHIVE.toString('base64')), 'base64 of a tar archive', /base64 -d/],
  ['base64 of gzip', base64(gzipSync(ARCHIVE)), 'base64 of gzip data', /base64 -d/],
  ['a line before', after('Saving app:v1 …\n', ARCHIVE), 'text before an archive: "Saving app:v1 …"', SAVE],
  ['a prompt before', after('Password: ', ARCHIVE), 'text before an archive: "Password:"', SAVE],
  ['lines before', after('[+] Saving\r\n'.repeat(30), ARCHIVE), 'text before an archive: "[+] Saving"', SAVE],
  ['a line before gzip', after('Saving\n', gzipSync(ARCHIVE)), 'text before an archive: "Saving"', SAVE],
])('an archive that became %s is told for what it looks like', async (_, bytes, found, hint) => {
  const opened = openStream('a stream', inChunks(bytes, 100))
  await expect(opened).rejects.toMatchObject({ code: 'FORMAT', found, hint: expect.stringMatching(hint) })
})

test.each([
  ['Error response from daemon: no such image\n', 'text: "Error response from daemon: no such image"'],
  [`\u001b[1m${'x'.repeat(600)}`, `text: "\\u001b[1m${'x'.repeat(56)}…"`],
  ['[+] Building 0.1s', 'text: "[+] Building 0.1s"'],
  ['[1/3] STEP 1/3: FROM a', 'text: "[1/3] STEP 1/3: FROM a"'],
  ['äöü '.repeat(200), `text: "${'äöü '.repeat(15)}…"`],
  [' [-1.5e3, 2]', 'JSON'],
  [' \t\r\n{"a":1}', 'JSON'],
  ['[', 'JSON'],
  ['\ufeff<html>', 'HTML or XML'],
])('text is quoted, unless it is of some kind: %j', async (text, found) => {
  await expect(openStream('a stream', inChunks(Buffer.from(text), 100))).rejects.toMatchObject({ found })
})

test.each([
  ['a tar header with another checksum', tar([{ name: 'a', checksum: '000000\0 ' }])],
  ['noise', Buffer.from('\x02\xff\x00abc\n\x00', 'latin1')],
  ['spaces', Buffer.from(' \n ')],
])('%s is no text', async (_, bytes) => {
  await expect(openStream('a stream', inChunks(bytes, 100))).rejects.toMatchObject({ found: 'something else' })
})

/** As a shell writes it that takes bytes for letters. */
function utf16(mark: string, bytes: Buffer): Buffer {
  return Buffer.from(mark + bytes.toString('latin1'), 'utf16le')
}

/** As base64(1) breaks it into lines. */
function base64(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('base64').replaceAll(/.{76}/g, '$&\n'))
}

function after(text: string, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(text), bytes])
}
