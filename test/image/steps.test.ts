import { expect, test } from 'vitest'
import { Steps } from '../../src/image/steps.js'
import { digestOf } from '../../src/spec/digest.js'
import { JSONDocument } from '../../src/spec/documents.js'

const LAYER = digestOf(Buffer.from('layer'))

function stepsOf(history: string, layers: number): Steps {
  const diffIDs = JSON.stringify(Array.from({ length: layers }, () => LAYER))
  const text = `{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":${diffIDs}},"history":${history}}`
  const bytes = Buffer.from(text)
  return new Steps(new JSONDocument(digestOf(bytes), bytes))
}

const HISTORY = '[{"created_by":"a"},{"created_by":"b","empty_layer":true},{"n":1.0,"created_by":"c"}]'

test('steps fit if as many of them made a layer as there are layers', () => {
  expect([1, 2, 3].map((layers) => stepsOf(HISTORY, layers).fits)).toEqual([false, true, false])
})

test('steps of layers that go make none any more, and stay as they stand otherwise', () => {
  const [a, b, c] = ['{"created_by":"a"', '{"created_by":"b","empty_layer":true}', '{"n":1.0,"created_by":"c"']
  const steps = stepsOf(HISTORY, 2)
  expect(steps.withoutLayersAbove(2)).toEqual([`${a}}`, b, `${c}}`])
  expect(steps.withoutLayersAbove(1)).toEqual([`${a}}`, b, `${c},"empty_layer":true}`])
  expect(steps.withoutLayersAbove(0)).toEqual([`${a},"empty_layer":true}`, b, `${c},"empty_layer":true}`])
})

test('an image without a history has no steps', () => {
  expect(stepsOf('null', 1).texts).toEqual([])
})
