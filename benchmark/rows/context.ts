import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { Generator } from '../load.ts'
import type { Programs, Server, ServerOptions } from '../programs.ts'
import { JWT_SECRET, type SignedIn } from '../sign-in.ts'

/** What every row is given. */
export interface Context {
  readonly programs: Programs
  readonly generator: Generator
  /** A new token, of the one who signs in unless told whose. */
  readonly authorization: (who?: SignedIn) => string
  /** Removed at the end. */
  readonly folder: string
  readonly runs: number
  readonly seconds: number
  /** Names what is being done now, on the progress bar. */
  readonly say: (what: string) => void
  /** One step of the progress bar is done. */
  readonly tick: () => void
}

/** So high that it never refuses, and not off: the counting is part of every request. */
const LIMIT = '1000000000'

/** Panelist as it runs in production, built, on the database at this URL, until it has answered `firstPath`. */
export function startPanelist(
  context: Context,
  database: string,
  firstPath: string,
  more: Readonly<Record<string, string>> = {},
  { collects = false, nodeOptions = [] }: Pick<ServerOptions, 'collects' | 'nodeOptions'> = {},
): Promise<Server> {
  const { programs, authorization } = context
  return programs.start({
    script: 'server.js',
    name: 'panelist',
    folder: ownFolder(context),
    env: { DATABASE_URL: database, JWT_SECRET, RATE_LIMIT_MAX: LIMIT, LOG_LEVEL: 'info', ...more },
    firstPath,
    authorization: authorization(),
    collects,
    nodeOptions,
  })
}

export function ownFolder({ folder }: Context): string {
  return mkdtempSync(join(folder, 'run-'))
}

/** The body of an answer; throws when its status is not 2xx. */
export async function answerOf({ authorization }: Context, url: string, body?: object): Promise<string> {
  const response = await fetch(url, {
    headers: { authorization: authorization(), ...(body && { 'content-type': 'application/json' }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return text
}
