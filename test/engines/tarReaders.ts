import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryDirectory } from '../fixtures/directory.js'

const execute = promisify(execFile)

/** What a reader finds in an archive: names without slashes at their ends, and the content of all files in a row. */
export interface View {
  names: string[]
  content: string
}

/** Reads archives; of each one that it refuses it finds nothing. */
type TarReader = (archives: readonly Buffer[]) => Promise<(View | undefined)[]>

/** Readers that are not Go's, by the program that they need. */
export const TAR_READERS: Record<string, TarReader> = {
  tar: (archives) => listed('tar --quoting-style=literal', /^(?!tar: )(.*)$/, archives),
  bsdtar: (archives) => listed('bsdtar', /^x (.*)$/, archives),
  python3: readWithPython,
}

/** What is found, in the form in which it is compared. */
export function viewOf(names: readonly string[], content: string): View {
  return { names: names.map((name) => name.replace(/\/+$/, '')), content }
}

/** Both say names to the one stream, and write content to the other, and make no files. */
async function listed(program: string, line: RegExp, archives: readonly Buffer[]): Promise<(View | undefined)[]> {
  const folder = await folderOf(archives)
  // One shell for all, since starting a program from here takes longer than its work.
  const one = `${program} -xOvP -f $n.tar >$n.out 2>$n.err; echo $? >$n.status`
  await execute('sh', ['-c', `n=0; while [ -e $n.tar ]; do ${one}; n=$((n + 1)); done`], inFolder(folder))
  const views = archives.map(async (_, at) => {
    const [status, out, said] = await Promise.all(
      ['status', 'out', 'err'].map((end) => readFile(join(folder, `${at}.${end}`))),
    )
    const names = String(said).split('\n').slice(0, -1)
    return String(status).trim() === '0'
      ? viewOf(
          names.flatMap((text) => line.exec(text)?.[1] ?? []),
          out?.toString('latin1') ?? '',
        )
      : undefined
  })
  return Promise.all(views)
}

async function readWithPython(archives: readonly Buffer[]): Promise<(View | undefined)[]> {
  const folder = await folderOf(archives)
  const { stdout } = await execute('python3', ['-c', PYTHON, String(archives.length)], inFolder(folder))
  const found: (View | null)[] = JSON.parse(stdout)
  return found.map((view) => (view === null ? undefined : viewOf(view.names, view.content)))
}

const PYTHON = `
import json, sys, tarfile

def view(path):
    names, content = [], ''
    try:
        with tarfile.open(path, 'r:') as archive:
            for entry in archive:
                names.append(entry.name.encode('utf-8', 'surrogateescape').decode('utf-8', 'replace'))
                if entry.isreg():
                    content += archive.extractfile(entry).read().decode('latin1')
    except Exception:
        return None
    return {'names': names, 'content': content}

print(json.dumps([view(f'{at}.tar') for at in range(int(sys.argv[1]))]))
`

/** A directory with archives, by their number. */
async function folderOf(archives: readonly Buffer[]): Promise<string> {
  const folder = await temporaryDirectory()
  await Promise.all(archives.map((archive, at) => writeFile(join(folder, `${at}.tar`), archive)))
  return folder
}

function inFolder(cwd: string) {
  return { cwd, env: { ...process.env, LC_ALL: 'C.UTF-8' }, maxBuffer: 1 << 28 }
}
