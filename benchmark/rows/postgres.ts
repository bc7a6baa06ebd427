import { join } from 'node:path'
import { copyDatabase } from '../../db/copy.ts'
import { createDatabase, postgresServer, withName } from '../../test/support/postgres-server.ts'
import { compare } from '../compare.ts'
import { copyOf, preparedDatabase } from '../prepare.ts'
import type { Line } from '../lines.ts'
import { ownFolder, startPanelist, type Context } from './context.ts'
import { CONNECTIONS, lineOf, NEW_INTERVIEWER, ONE, ROWS } from './requests.ts'

const CASES = [
  { title: 'GET by id, from PostgreSQL', path: ONE },
  { title: 'create, on PostgreSQL', path: '/api/interviewers', body: NEW_INTERVIEWER },
]

/** The same program on the same rows: on a server of this machine that flushes to its disk, and on a file. */
export async function postgresRow(context: Context): Promise<Line[]> {
  const server = await postgresServer()
  try {
    const prepared = await preparedDatabase(ROWS)
    const url = withName(server.url, await createDatabase(server.url))
    await copyDatabase(`file:${prepared}`, url)
    const lines: Line[] = []
    for (const { title, path, body } of CASES) {
      context.say(title)
      const file = copyOf(prepared, join(ownFolder(context), 'panelist.db'))
      const pair = [await startPanelist(context, url, ONE), await startPanelist(context, `file:${file}`, ONE)]
      const [own = [], other = []] = await compare(
        pair.map(server => ({ server, paths: [path], logs: true })),
        {
          ...context,
          ...(body && { body }),
          connections: CONNECTIONS,
          warmUpSeconds: Math.min(3, context.seconds),
        },
      )
      await Promise.all(pair.map(server => server.end()))
      lines.push(lineOf(title, own, 'Panelist on SQLite', other))
    }
    return lines
  } finally {
    await server.remove()
  }
}

export const stepsOfPostgresRow = (runs: number) => CASES.length * runs * 2
