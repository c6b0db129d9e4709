import { expect, test } from 'vitest'
import { umoci } from '../fixtures/umoci.js'

const TAG_CHARACTERS = 'tag contains invalid characters:'

test.each([
  ['init', 'missing mandatory argument: --layout'],
  ['init extra', 'missing mandatory argument: --layout'],
  ['init --layout=', 'invalid --layout: path is empty'],
  ['init --layout a:b', `invalid --layout: path contains ':' character: "a:b"`],
  ['list --layout a extra', 'invalid number of positional arguments: expected none'],
  ['new', 'missing mandatory argument: --image'],
  ['new --image :x', 'invalid --image: path is empty'],
  ['new --image a:', `invalid --image: ${TAG_CHARACTERS} ""`],
  ['new --image a:-x', `invalid --image: ${TAG_CHARACTERS} "-x"`],
  ['new --image a:b//c', `invalid --image: ${TAG_CHARACTERS} "b//c"`],
  ['new --image a:b extra', 'invalid number of positional arguments: expected none'],
  ['tag --image a:b', 'invalid number of positional arguments: expected <new-tag>'],
  ['tag --image a:b c d', 'invalid number of positional arguments: expected <new-tag>'],
  ['tag --image a:b -- -c', 'new tag is an invalid reference'],
  ['tag -- new --image a:b', 'missing mandatory argument: --image'],
  ['config --image a:b --tag=', `invalid --tag: ${TAG_CHARACTERS} ""`],
  ['config --image a:b x', 'invalid number of positional arguments: expected none'],
  ['config --image a:b --no-history --history.created_by=', clash('created_by')],
  ['config --config.cmd -c', 'missing mandatory argument: --image'],
  ['unpack --image a:b', 'invalid number of positional arguments: expected <bundle>'],
  ['unpack --rootless bundle --image a:b', 'missing mandatory argument: --image'],
  ['repack --image a:b --no-history --history.author x bundle', clash('author')],
  ['repack --image a:b --compress lz4', 'invalid --compress: unknown layer compression type "lz4"'],
  ['insert --image a:b x', 'invalid number of positional arguments: expected 2'],
  ['insert --image a:b --whiteout=false x y', 'invalid number of positional arguments: expected 1'],
  ['raw add-layer --image a:b', 'invalid number of positional arguments: expected <newlayer.tar>'],
  ['raw config --image a:b', 'invalid number of positional arguments: expected <config.json>'],
  ['raw unpack --image a:b', 'invalid number of positional arguments: expected <rootfs>'],
  ['raw mtree-validate -f= -p x', '--manifest must be a valid path'],
])('umoci %s: %s', async (args, message) => {
  expect(await umoci(args)).toEqual({ status: 1, stdout: '', stderr: [`   ⨯ ${message}`] })
})

test.each([
  [['tag', '--image', 'a:b', ''], 'new tag cannot be empty'],
  [['unpack', '--image', 'a:b', ''], 'bundle path cannot be empty'],
  [['insert', '--image', 'a:b', 'x', ''], 'invalid positional argument 1: arguments cannot be empty'],
  [['raw', 'unpack', '--image', 'a:b', ''], 'rootfs path cannot be empty'],
  [['raw', 'config', '--image', 'a:b', ''], 'config.json path cannot be empty'],
  [['raw', 'add-layer', '--image', 'a:b', ''], '<new-layer.tar> path cannot be empty'],
])('an empty argument of %j is refused', async (args, message) => {
  expect(await umoci(...args)).toEqual({ status: 1, stdout: '', stderr: [`   ⨯ ${message}`] })
})

function clash(name: string): string {
  return `--no-history and --history.${name} may not be specified together`
}
