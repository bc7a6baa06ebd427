import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { compare, medianOf, ratioOf, type Run } from '../compare.ts'
import { copyOf, copyWithoutTriggers, preparedDatabase, someIds } from '../prepare.ts'
import type { Server } from '../programs.ts'
import type { Bar, Line } from '../lines.ts'
import { JWT_SECRET } from '../sign-in.ts'
import { answerOf, ownFolder, startPanelist, type Context } from './context.ts'

export const ROWS = 1_000
export const CONNECTIONS = 64
export const LIST = '/api/interviewers'
export const NO_CACHE = { CACHE_MAX_BYTES: '0' }
export const ONE = `${LIST}/${someIds(ROWS, 2)[1] ?? ''}`
const TIMES_EXPRESS: Bar = { at: 'least', value: 3 }

/** An ordinary interviewer; the load generator gives each an address of its own. */
export const NEW_INTERVIEWER = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  title: 'Staff Engineer',
  department: 'Platform',
  skills: ['TypeScript', 'SQL'],
  interviewTypes: ['technical', 'system_design'],
  timezone: 'Europe/Berlin',
  bufferAfterMinutes: 15,
  maxPerDay: 3,
}

interface RequestRow {
  readonly title: string
  readonly path: string
  readonly body?: typeof NEW_INTERVIEWER
  readonly barOverBare?: Bar
  /** Its answers come out of the database each time. */
  readonly uncached?: true
}

const ROWS_OF_REQUESTS = {
  cachedGet: { title: 'GET by id, cached', path: ONE, barOverBare: { at: 'least', value: 0.7 } },
  cachedList: { title: 'list of 50, cached', path: LIST, barOverBare: { at: 'least', value: 0.7 } },
  get: { title: 'GET by id, from SQLite', path: ONE, barOverBare: { at: 'least', value: 0.5 }, uncached: true },
  list: { title: 'list of 50, from SQLite', path: LIST, uncached: true },
  create: {
    title: 'create, audited and durable',
    path: LIST,
    body: NEW_INTERVIEWER,
    barOverBare: { at: 'least', value: 0.45 },
  },
} satisfies Record<string, RequestRow>

export type RequestRowName = keyof typeof ROWS_OF_REQUESTS

/**
 * Panelist and its baselines in turn, on the same request with the same answer: Fastify bare, Fastify with helmet, a rate
 * limit and a log line, and Express.
 */
export async function requestRow(context: Context, name: RequestRowName): Promise<Line[]> {
  const row: RequestRow = ROWS_OF_REQUESTS[name]
  context.say(`${row.title}: starting`)
  const servers = await startServers(context, row)
  await assertSameJob(context, row, servers)
  context.say(row.title)
  const contenders = servers.map((server, index) => ({ server, paths: [row.path], logs: index !== 1 }))
  const [panelist = [], bare = [], usual = [], express = []] = await compare(contenders, {
    ...context,
    ...(row.body && { body: row.body }),
    connections: CONNECTIONS,
    warmUpSeconds: Math.min(3, context.seconds),
  })
  await Promise.all(servers.map(server => server.end()))
  return [
    lineOf(row.title, panelist, 'bare Fastify', bare, row.barOverBare),
    lineOf('', panelist, 'Fastify + helmet, rate limit, log line', usual),
    lineOf('', panelist, 'Express 5 + better-sqlite3', express, TIMES_EXPRESS),
  ]
}

export const stepsOfRequestRow = (runs: number) => runs * 4

type Servers = readonly [panelist: Server, bare: Server, usual: Server, express: Server]

async function startServers(context: Context, { uncached }: RequestRow): Promise<Servers> {
  const { programs } = context
  const authorization = context.authorization()
  const folder = ownFolder(context)
  const prepared = await preparedDatabase(ROWS)
  const own = `file:${copyOf(prepared, join(folder, 'panelist.db'))}`
  const panelist = await startPanelist(context, own, ONE, uncached && NO_CACHE)
  const [ONE_FILE, LIST_FILE] = [join(folder, 'one.json'), join(folder, 'list.json')]
  writeFileSync(ONE_FILE, await answerOf(context, panelist.url + ONE))
  writeFileSync(LIST_FILE, await answerOf(context, panelist.url + LIST))
  const common = { folder, firstPath: ONE, authorization }
  const floor = { ...common, script: 'benchmark/baselines/bare.js', env: { ONE_FILE, LIST_FILE } }
  const bare = await programs.start({ ...floor, name: 'bare' })
  const usual = await programs.start({ ...floor, name: 'usual', env: { ...floor.env, USUAL: 'on' } })
  const express = await programs.start({
    ...common,
    script: 'benchmark/baselines/express.js',
    name: 'express',
    env: { DATABASE_FILE: copyWithoutTriggers(prepared, join(folder, 'express.db')), JWT_SECRET },
  })
  return [panelist, bare, usual, express]
}

/** A baseline that answers less, or something else, would be no baseline. */
async function assertSameJob(context: Context, { path, body }: RequestRow, servers: Servers): Promise<void> {
  const answers = await Promise.all(servers.map(({ url }) => answerOf(context, url + path, body)))
  const [panelist, bare, , express] = answers
  if (!body && panelist !== bare) throw new Error(`bare Fastify does not send the bytes of Panelist for ${path}`)
  const [own, floor, other] = [panelist, bare, express].map(text => comparable(text ?? ''))
  if (!isDeepStrictEqual(own, other)) throw new Error(`Express does not answer what Panelist answers to ${path}`)
  if (!isDeepStrictEqual(own, floor)) throw new Error(`bare Fastify does not answer what Panelist answers to ${path}`)
}

/** What may differ is made the same: what the server chose when it created a row, and the form of a cursor. */
function comparable(text: string): unknown {
  const chosen = new Set(['nextCursor'])
  const parsed: unknown = JSON.parse(text)
  const single =
    typeof parsed === 'object' && parsed !== null && 'email' in parsed && parsed.email === NEW_INTERVIEWER.email
  if (single) for (const field of ['id', 'createdAt', 'updatedAt']) chosen.add(field)
  return JSON.parse(text, (key, value: unknown) => (chosen.has(key) ? '' : value))
}

export function lineOf(row: string, own: Run[], name: string, other: Run[], bar?: Bar): Line {
  const [perSecond, cpu] = [(run: Run) => run.perSecond, (run: Run) => run.cpuMicroseconds]
  return {
    row,
    unit: 'requests/s',
    panelist: medianOf(own, perSecond) ?? NaN,
    panelistCpuMicroseconds: medianOf(own, cpu),
    baseline: { name, value: medianOf(other, perSecond) ?? NaN, cpuMicroseconds: medianOf(other, cpu) },
    ratio: ratioOf(own, other, perSecond),
    cpuRatio: ratioOf(other, own, cpu),
    ...(bar && { bar }),
  }
}
