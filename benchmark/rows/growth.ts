import { compare, medianOf, ratioOf, type Run } from '../compare.ts'
import { preparedDatabase, someIds } from '../prepare.ts'
import type { Server } from '../programs.ts'
import type { Bar, Line } from '../lines.ts'
import { answerOf, startPanelist, type Context } from './context.ts'

const FEW = 1_000
const MANY = 1_000_000
/** Enough to keep the server busy, few enough that nothing queues. */
const CONNECTIONS = 8
const IDS = 1_000
const PAGE = 50
const MICRO = 1_000_000
const BAR: Bar = { at: 'most', value: 1.15 }

const KINDS = [
  { title: 'GET by id, 1,000,000 rows', paths: async (_: Context, __: Server, rows: number) => idPaths(rows) },
  { title: 'first page of 50', paths: async () => [`/api/interviewers?limit=${PAGE}`] },
  {
    title: 'page of 50 in the middle',
    paths: async (context: Context, server: Server, rows: number) => [await middle(context, server, rows)],
  },
  { title: 'user count', paths: async () => ['/api/usercount'] },
] as const

export const stepsOfGrowthRow = (runs: number) => runs * 2 * KINDS.length

/** The same requests on a large and on a small database: time that grows with the rows would show. */
export async function growthRow(context: Context): Promise<Line[]> {
  const [first = ''] = idPaths(FEW)
  const few = await startPanelist(context, `file:${await preparedDatabase(FEW)}`, first)
  context.say('1,000,000 rows: preparing them, once')
  const large = await preparedDatabase(MANY, share =>
    context.say(`1,000,000 rows: ${Math.round(share * 100)} % prepared`),
  )
  context.say('1,000,000 rows: starting')
  const many = await startPanelist(context, `file:${large}`, first)
  const lines: Line[] = []
  for (const { title, paths } of KINDS) {
    context.say(title)
    const runs = await compare(
      [
        { server: many, paths: await paths(context, many, MANY), logs: true },
        { server: few, paths: await paths(context, few, FEW), logs: true },
      ],
      { ...context, connections: CONNECTIONS, warmUpSeconds: Math.min(3, context.seconds) },
    )
    lines.push(lineOf(title, runs[0] ?? [], runs[1] ?? []))
  }
  await Promise.all([few.end(), many.end()])
  return lines
}

function idPaths(rows: number): string[] {
  return someIds(rows, IDS).map(id => `/api/interviewers/${id}`)
}

/** The address of the page after the first half, by keyset, as a client that walked there would have it. */
async function middle(context: Context, { url }: Server, rows: number): Promise<string> {
  const before = await answerOf(context, `${url}/api/interviewers?limit=${PAGE}&offset=${rows / 2 - PAGE}`)
  const cursor = /"nextCursor":"([\w-]+)"/.exec(before)?.[1]
  if (cursor === undefined) throw new Error('the page before the middle has no cursor')
  return `/api/interviewers?limit=${PAGE}&cursor=${cursor}`
}

function lineOf(row: string, many: Run[], few: Run[]): Line {
  const time = ({ perSecond }: Run) => MICRO / perSecond
  const cpu = ({ cpuMicroseconds }: Run) => cpuMicroseconds
  return {
    row,
    unit: 'µs/request',
    panelist: medianOf(many, time) ?? NaN,
    panelistCpuMicroseconds: medianOf(many, cpu),
    baseline: { name: '1,000 rows', value: medianOf(few, time) ?? NaN, cpuMicroseconds: medianOf(few, cpu) },
    ratio: ratioOf(many, few, time),
    cpuRatio: ratioOf(many, few, cpu),
    bar: BAR,
  }
}
