import { quoted } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'

/**
 * Returns an environment with the variables of an image added. One with the name of an earlier one takes its place.
 * @throws ImageError FORMAT if one has no name, or cannot be passed to a program
 */
export function withVariables(environment: readonly string[], variables: readonly (string | null)[]): string[] {
  const merged = new Map(environment.map((variable) => [nameOf(variable), variable]))
  for (const variable of variables) {
    const text = assertVariable(variable ?? '')
    merged.set(nameOf(text), text)
  }
  return [...merged.values()]
}

/** Returns the environment with a home directory, unless it has one or the directory is unknown. */
export function withHome(environment: string[], home: string): string[] {
  if (home === '' || environment.some((variable) => nameOf(variable) === 'HOME')) return environment
  return [...environment, assertVariable(`HOME=${home}`)]
}

function nameOf(variable: string): string {
  const end = variable.indexOf('=')
  return end === -1 ? variable : variable.slice(0, end)
}

function assertVariable(variable: string): string {
  if (variable.indexOf('=') > 0 && !variable.includes('\0')) return variable
  throw new ImageError('FORMAT', 'not an environment variable', {
    where: 'Env of the image config',
    expected: 'NAME=value without NUL',
    found: quoted(variable),
  })
}
