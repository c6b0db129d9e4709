import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openStream } from '../../src/archive/input.js'
import { noImages, notATar } from '../../src/archive/notAnImage.js'
import { HEAD, looksLike } from '../../src/bytes/sniff.js'
import { inChunks } from '../fixtures/bytes.js'
import { withArchive } from '../fixtures/intake.js'
import { tar } from '../fixtures/tar.js'

const SIF = Buffer.concat([Buffer.from('#!/usr/bin/env run-singularity\n\0', 'latin1'), Buffer.from('SIF_MAGIC\0')])

/** What files start with that are no tar archive. */
const FILES: [what: string, start: Buffer, hint: RegExp | undefined][] = [
  ['JSON', latin1('{"schemaVersion":2}'), /the archive or directory/],
  ['JSON', latin1('\n  [1]'), /the archive or directory/],
  ['a Git LFS pointer', latin1('version https://git-lfs.github.com/spec/v1\noid sha256:'), /git lfs pull/],
  ['a zip archive', latin1('PK\x03\x04\x14\0'), /unpack it/],
  ['a SquashFS file system', latin1('hsqs\x07\0'), /no layers/],
  ['a Singularity image', SIF, /no layers/],
  ['a disk of a virtual machine', latin1('QFI\xfb\0\0\0\x03'), /no layers/],
  ['a Debian package or static library', latin1('!<arch>\ndebian-binary   '), undefined],
  ['an RPM package', latin1('\xed\xab\xee\xdb\x03\0'), undefined],
  ['a cpio archive', latin1('070701000000'), undefined],
  ['a cpio archive', latin1('070707000000'), undefined],
  ['a 7-Zip archive', latin1('7z\xbc\xaf\x27\x1c\0\x04'), /decompress/],
  ['a RAR archive', latin1('Rar!\x1a\x07\x01\0'), /decompress/],
  ['LZ4 data', latin1('\x04\x22\x4d\x18\x64\x40'), /decompress/],
  ['lzip data', latin1('LZIP\x01\x0c'), /decompress/],
  ['LZMA data', latin1('\x5d\0\0\x80\0\xff\xff\xff\xff'), /decompress/],
  ['compress (.Z) data', latin1('\x1f\x9d\x90'), /decompress/],
  ['a program', latin1('\x7fELF\x02\x01\x01'), undefined],
  ['a script', latin1('#!/bin/sh\nexit 0\n'), undefined],
  ['HTML or XML', latin1('<!DOCTYPE html>'), /download/],
  ['HTML or XML', latin1('<?xml version="1.0"?>'), /download/],
  ['something else', Buffer.from([0]), undefined],
  ['something else', Buffer.alloc(600, '\x01x'), undefined],
]

describe.each(FILES)('what is no tar archive, but %s (case %$)', (found, start, hint) => {
  test.each([0, 1000])('is called so, with %i bytes more', (more) => {
    const head = Buffer.concat([start, Buffer.alloc(more, 0xa5)]).subarray(0, HEAD)
    const error = notATar(looksLike(head), head, 'app.tar')
    expect(error).toMatchObject({ code: 'FORMAT', where: 'app.tar', expected: 'a tar header', found })
    expect(error.message).toBe(`app.tar: not a tar archive: expected a tar header, found ${found}`)
    if (hint === undefined) expect(error.hint).toBeUndefined()
    else expect(error.hint).toMatch(hint)
  })

  test('is called so, also compressed as a whole', async () => {
    const opened = openStream('a stream', inChunks(gzipSync(start), 7))
    await expect(opened).rejects.toMatchObject({ code: 'FORMAT', where: 'a stream', found })
  })
})

test('nothing is called empty, also compressed', async () => {
  expect(notATar('empty', Buffer.alloc(0), 'app.tar')).toMatchObject({
    code: 'FORMAT',
    message: 'app.tar: the archive is empty: expected a tar archive, found 0 bytes',
    hint: expect.stringContaining('failed'),
  })
  const opened = openStream('a stream', inChunks(gzipSync(Buffer.alloc(0)), 7))
  await expect(opened).rejects.toMatchObject({ code: 'FORMAT', where: 'a stream', found: '0 bytes' })
})

/** Paths of tar archives without images. */
const TREES: [what: string, paths: string[], found: string, hint: RegExp | undefined][] = [
  ['nothing', [], 'an empty tar', undefined],
  [
    'an OCI layout that lost its index',
    ['blobs/sha256/aa', 'oci-layout'],
    'blobs without index.json: blobs/sha256/aa, oci-layout',
    /copy it again/,
  ],
  ['the same of sha512', ['blobs/sha512/aa'], 'blobs without index.json: blobs/sha512/aa', /copy it again/],
  [
    'what an image was unpacked to',
    ['config.json', 'rootfs/bin/sh', 'rootfs/etc/passwd', 'rootfs/usr/x'],
    'a runtime bundle: config.json, rootfs/bin/sh, rootfs/etc/passwd, …',
    /convert the image itself/,
  ],
  [
    'what docker export writes',
    ['bin/sh', 'etc/passwd', 'usr/bin/env'],
    'a root file system: bin/sh, etc/passwd, usr/bin/env',
    /docker import/,
  ],
  [
    'what docker export writes, with links at its top',
    ['.dockerenv', 'bin', 'lib', 'sbin', 'usr/bin/env'],
    'a root file system: .dockerenv, bin, lib, …',
    /docker save/,
  ],
  ['a chart', ['app/Chart.yaml', 'app/values.yaml'], 'a Helm chart: app/Chart.yaml, app/values.yaml', /helm push/],
  [
    'a package',
    ['package/package.json', 'package/a.js'],
    'an npm package: package/package.json, package/a.js',
    undefined,
  ],
  ['sources', ['Dockerfile', 'src/main.c'], 'a build context: Dockerfile, src/main.c', /docker build/],
  ...['a.tar', 'a.tgz', 'a.tar.gz', 'a.tar.xz', 'a.tar.zst', 'a.tar.bz2'].map((path): (typeof TREES)[number] => [
    `archives such as ${path}`,
    ['docs/README.md', `images/${path}`],
    `archives within an archive: docs/README.md, images/${path}`,
    /unpack it/,
  ]),
  ['two directories of a root', ['etc/passwd', 'opt/x'], 'etc/passwd, opt/x', /docker save/],
  ['anything else', ['one', 'two', 'three', 'four'], 'one, two, three, …', /docker save and skopeo copy/],
]

describe.each(TREES)('a tar archive of %s', (_, paths, found, hint) => {
  const archive = tar(paths.map((name) => ({ name, content: 'x' })))

  test.each(['file', 'pipe'])('is called what it is, by %s', async (door) => {
    await withArchive(door, archive, async (opened) => {
      const error = noImages(opened)
      expect(error).toMatchObject({ code: 'FORMAT', where: opened.name, found })
      expect(error.message).toContain('not an archive of images')
      if (hint === undefined) expect(error.hint).toBeUndefined()
      else expect(error.hint).toMatch(hint)
    })
  })
})

test('entries for directories change nothing, nor does the one for the top', async () => {
  const directories = ['./', './bin/', './etc/', './usr/', './usr/bin/'].map((name) => ({ name, type: '5' }))
  await withArchive('file', tar(directories), async (opened) => {
    expect(noImages(opened)).toMatchObject({ found: 'a root file system: bin, etc, usr, …' })
  })
})

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
