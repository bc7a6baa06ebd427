// The programs of scripts/, as processes of their own on a database of a test.
import { compiledScript } from '../system/support/compiled.ts'
import { start, type Finished, type Program } from './programs.ts'

export interface ScriptOptions {
  readonly input?: string
  readonly env?: Record<string, string>
}

/** Starts `scripts/<name>.ts` on the database of a URL; compiled, as that starts in a third of the time. */
export async function startScript(
  url: string,
  name: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Program> {
  const command = await compiledScript(name, ...args)
  return start(...command, { DATABASE_URL: url, NODE_ENV: 'test', ...env })
}

/** Runs `scripts/<name>.ts` to its end. */
export async function runScript(
  url: string,
  name: string,
  args: readonly string[] = [],
  { input = '', env = {} }: ScriptOptions = {},
): Promise<Finished> {
  const program = await startScript(url, name, args, env)
  program.process.stdin.end(input)
  return program.finished
}
