// The programs of scripts/, as processes of their own on a database of a test.
import { start, typescript, type Finished, type Program } from './programs.ts'

export interface ScriptOptions {
  readonly input?: string
  readonly env?: Record<string, string>
}

/** Starts `scripts/<name>.ts` on the database of a URL. */
export function startScript(url: string, name: string, args: readonly string[] = [], env = {}): Program {
  return start(...typescript(`../scripts/${name}.ts`, ...args), { DATABASE_URL: url, NODE_ENV: 'test', ...env })
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
