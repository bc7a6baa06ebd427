// The programs of scripts/, as processes of their own on a database of a test.
import { join } from 'node:path'
import { builtFolder } from '../system/support/compiled.ts'
import { start, typescript, type Finished, type Program } from './programs.ts'

export interface ScriptOptions {
  readonly input?: string
  readonly env?: Record<string, string>
}

/** Starts `scripts/<name>.ts` on the database of a URL; as it was built, when it was, as that starts in a third of the time. */
export function startScript(url: string, name: string, args: readonly string[] = [], env = {}): Program {
  return start(...commandOf(name, args), { DATABASE_URL: url, NODE_ENV: 'test', ...env })
}

function commandOf(name: string, args: readonly string[]): readonly [string, string[]] {
  const built = builtFolder()
  if (built === undefined) return typescript(`../scripts/${name}.ts`, ...args)
  return [process.execPath, [join(built, 'scripts', `${name}.js`), ...args]]
}

/** Runs `scripts/<name>.ts` to its end. */
export function runScript(
  url: string,
  name: string,
  args: readonly string[] = [],
  { input = '', env = {} }: ScriptOptions = {},
): Promise<Finished> {
  const program = startScript(url, name, args, env)
  program.process.stdin.end(input)
  return program.finished
}
