import { digestOf } from '../../src/spec/digest.js'
import { dockerArchive } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

/** What a config can say of when it was made: its JSON but for braces and rootfs. */
const TIMES: Record<string, string> = {
  'a config that says nothing of when': '"os":"linux"',
  'a config created at null': '"os":"linux","created":null',
  'a moment of nine digits': '"os":"linux","created":"2024-02-29T12:34:56.123456789Z"',
  'a moment with zeros at its end': '"os":"linux","created":"2024-02-29T12:34:56.120000000Z"',
  'a moment in another time zone': '"os":"linux","created":"2024-02-29T23:34:56.5+05:30"',
  'a moment before 1970': '"os":"linux","created":"1960-01-01T00:00:00.25Z"',
  'a moment after what eleven octal digits say': '"os":"linux","created":"2250-01-01T00:00:00Z"',
  'a moment after what nanoseconds count to': '"os":"linux","created":"2300-01-01T00:00:00Z"',
  'the year 1': '"os":"linux","created":"0001-01-01T00:00:00Z"',
}

/** What Docker reads, and prints otherwise than it stands. */
const FIELDS: Record<string, string> = {
  'every field of an image': `"architecture":"arm64","variant":"v8","os":"linux","os.version":"1","os.features":["a"],
    "author":"A <a@example.com>","comment":"<c>&","container":"c0ffee","docker_version":"20.10.24",
    "container_config":{"Hostname":"c0ffee","Image":"sha256:0","Cmd":["/bin/sh","-c","#(nop) ","CMD [\\"a\\"]"]},
    "Size":1234,"id":"beef","parent":"dead","throwaway":true,
    "history":[{"created_by":"one"},{"created_by":"none","empty_layer":true},{"created_by":"two"}]`,
  'every field of a container': `"os":"linux","config":{"Hostname":"h","Domainname":"d","User":"u","AttachStdin":true,
    "AttachStdout":true,"AttachStderr":true,"Tty":true,"OpenStdin":true,"StdinOnce":true,"ArgsEscaped":true,
    "Image":"i","NetworkDisabled":true,"MacAddress":"02:42:ac:11:00:02","StopTimeout":0,"StopSignal":"9",
    "Healthcheck":{"Test":["NONE"],"Interval":1,"Timeout":2,"StartPeriod":3,"StartInterval":4,"Retries":5}}`,
  'nothing in every field': `"os":"linux","config":{"Hostname":"","User":"","AttachStdin":false,"ExposedPorts":{},"Env":[],
    "Cmd":[],"Healthcheck":{},"Volumes":{},"Entrypoint":[],"OnBuild":[],"Labels":{},"Shell":[],"StopTimeout":10}`,
  'null in every field': `"os":"linux","container_config":null,"config":{"User":null,"ExposedPorts":null,"Env":null,
    "Cmd":null,"Healthcheck":null,"Volumes":null,"Entrypoint":null,"OnBuild":null,"Labels":null,"Shell":null,"Tty":null}`,
  'a config of null': '"os":"linux","config":null',
  'neither system nor architecture': '"config":{}',
  'words that stand for lists': '"os":"linux","config":{"Cmd":"one","Entrypoint":"two","Shell":"three"}',
  'ports and volumes with something in them': `"os":"linux","config":{"ExposedPorts":{"80/tcp":{"a":1},"1/udp":null},
    "Volumes":{"/b":{"x":[]},"/a":null}}`,
  'keys in other case':
    '"OS":"linux","Architecture":"amd64","CONFIG":{"CMD":["a"],"workingdir":"/w","lAbElS":{"A":"b"}}',
  'keys that nobody knows': `"os":"linux","extra":{"a":[1.50,1e3]},"config":{"Extra":1.0,"Healthcheck":{"Other":1},
    "Labels":{"a":"b"}}`,
  'the order of labels': `"os":"linux","config":{"Labels":{"z":"","a":"","Z":"","é":"","\\uffff":"","𐀀":"","":"",
    "a.b":"","a-b":"","a/b":"","10":"","9":""}}`,
  'every character below the space': `"os":"linux","config":{"Env":["${controls()}\\u007f\\u0080\\u00ad"]}`,
  'characters of HTML and JavaScript': `"os":"linux","config":{"Env":["<>&'\\"\\\\\\/\u2028\u2029 \\u003c\\u2028"],
    "Labels":{"<&>\u2028":"</script>"}}`,
  'characters beyond sixteen bits': '"os":"linux","config":{"Env":["😀 \\ud83d\\ude00 𝒳"]}',
  'halves of characters': '"os":"linux","config":{"Env":["\\ud83d \\ude00 \\ud83dx"],"Labels":{"\\udc00":"\\ud800"}}',
  'white space everywhere': ' \n"os" : "linux" ,\t"config" : { "Cmd" : [ "a" , "b" ] } \n',
  'keys that are there twice':
    '"os":"linux","os":"linux","config":{"User":"a","User":"a","Cmd":["a","b"],"Cmd":["a","b"]}',
  'numbers as large as they get':
    '"os":"linux","Size":9223372036854775807,"config":{"Healthcheck":{"Interval":-9223372036854775808}}',
}

/** Archives by what is odd about the config of their only image, which has three layers. */
export const ODD_CONFIGS: Readonly<Record<string, () => Buffer>> = Object.fromEntries(
  [
    ...Object.entries(TIMES),
    ...Object.entries(FIELDS).map(([name, fields]) => [name, `"created":"2024-02-29T12:34:56Z",${fields}`]),
  ].map(([name, fields = '']) => [name, () => oddArchive(fields)]),
)

function oddArchive(fields: string): Buffer {
  const layers = ['one', 'two', 'three'].map((name) => tar([{ name, content: name }]))
  const rootfs = { type: 'layers', diff_ids: layers.map((layer) => digestOf(layer)) }
  const parts = ['{', fields, `,"rootfs":${JSON.stringify(rootfs)}}`]
  const config = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return dockerArchive({ tags: ['odd:v1'], layers, config })
}

function controls(): string {
  const escapes = Array.from({ length: 32 }, (_, code) => `\\u${code.toString(16).padStart(4, '0')}`)
  return `${escapes.join('')}\\b\\f\\n\\r\\t`
}
