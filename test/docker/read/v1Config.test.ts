import { describe, expect, test } from 'vitest'
import { configOfV1, historyOfV1 } from '../../../src/docker/read/v1Config.js'
import { digestOf } from '../../../src/spec/digest.js'

const [A, B] = ['a', 'b'].map((text) => digestOf(Buffer.from(text)))

/** The config of layers that say this, bottom first. */
function config(...jsons: string[]): string {
  const layers = jsons.map((json) => Buffer.from(json))
  return configOfV1({
    top: { json: layers.at(-1) ?? Buffer.from('{}'), where: 'json' },
    history: layers.map((json) => historyOfV1(json, 'json')),
    diffIDs: [A ?? 'sha256:', B ?? 'sha256:'].slice(0, layers.length),
  }).toString()
}

const ROOTFS = `"rootfs":{"type":"layers","diff_ids":["${A}"]}`
const UNDATED = '"history":[{"created":"0001-01-01T00:00:00Z"}]'

describe('the config of layers without one', () => {
  test('is the top layer’s json with rootfs and history, its keys sorted', () => {
    const bottom =
      '{"docker_version":"1.9.1","created":"2015-01-01T00:00:00Z","container_config":{"Cmd":["sh","-c","a b"]}}'
    const top =
      '{"os":"linux","docker_version":"1.9.1","created":"2015-01-02T00:00:00.500Z","author":"A","comment":"c"}'
    expect(config(bottom, top)).toBe(
      '{"author":"A","comment":"c","created":"2015-01-02T00:00:00.500Z","docker_version":"1.9.1",' +
        '"history":[{"created":"2015-01-01T00:00:00Z","created_by":"sh -c a b"},' +
        '{"created":"2015-01-02T00:00:00.5Z","author":"A","comment":"c"}],"os":"linux",' +
        `"rootfs":{"type":"layers","diff_ids":["${A}","${B}"]}}`,
    )
  })

  test('has nothing of what named the layer in its archive', () => {
    const named = '"id":"1","parent":"2","Size":3,"parent_id":"4","layer_id":"5","throwaway":true'
    expect(config(`{"docker_version":"1.9.1",${named}}`)).toBe(`{"docker_version":"1.9.1",${UNDATED},${ROOTFS}}`)
  })

  test('keeps what nobody knows as it was written, but for white space and what is not safe in HTML', () => {
    const odd = '"x": { "b" : [1.50, 12345678901234567890, "\\u0041<"] }'
    expect(config(`{"docker_version":"1.9.1",${odd}}`)).toContain(
      '"x":{"b":[1.50,12345678901234567890,"\\u0041\\u003c"]}',
    )
  })

  test.each(['1.8.2', '1.8', '', '1.8.3-rc1', 'x'])('is put in order as of Docker %s', (version) => {
    const text = config(`{"docker_version":"${version}","x":1,"config":{"Cmd":["a"]}}`)
    expect(text).not.toContain('"x":')
    expect(text).toContain('"Hostname":""')
  })

  test.each(['1.8.3', '1.10', '1.10.0-dev', '17.05'])('is taken as it stands from Docker %s on', (version) => {
    expect(config(`{"docker_version":"${version}","x":1,"config":{"Cmd":["a"]}}`)).toContain('"config":{"Cmd":["a"]}')
  })

  test('is refused where Docker could not read it', () => {
    expect(() => config('{"docker_version":"1.9.1","created":"yesterday"}')).toThrow(
      expect.objectContaining({ code: 'FORMAT', where: 'json' }),
    )
  })
})
