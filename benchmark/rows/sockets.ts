import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../compare.ts'
import { addPeople } from '../people.ts'
import { copyOf, preparedDatabase, someIds } from '../prepare.ts'
import type { Server } from '../programs.ts'
import type { Line } from '../lines.ts'
import { SocketClients, type Delay } from '../sockets.ts'
import { answerOf, ownFolder, startPanelist, type Context } from './context.ts'

const ROWS = 1_000
const IDLE_SOCKETS = 2_000
const SUBSCRIBERS = 1_000
/** One user may have 10 connections. */
const PEOPLE = 200
const WRITES = 50
const WARM_UP_WRITES = 10
const WARM_UP_REQUESTS = 20
const SETTLE_MS = 2_000
const IDLE_MS = 5_000
const KIB_IN_MIB = 1024
const MICRO = 1_000_000

export const stepsOfSocketsRow = (runs: number) => 1 + runs * 2

/** What a socket that waits costs, and how soon after its answer a write has been told to everybody. */
export async function socketsRow(context: Context): Promise<Line[]> {
  const { programs, authorization } = context
  const file = copyOf(await preparedDatabase(ROWS), join(ownFolder(context), 'panelist.db'))
  const authorizations = addPeople(file, PEOPLE).map(authorization)
  const [firstPath = ''] = someIds(ROWS, 1).map(id => `/api/interviewers/${id}`)
  const panelist = await startPanelist(context, `file:${file}`, firstPath, {}, { collects: true })
  const clients = new SocketClients(programs)
  const memory = await memoryOfSockets(context, panelist, () =>
    clients.connect({ url: `${panelist.url}/ws/updates`, authorizations, count: IDLE_SOCKETS }),
  )
  await clients.keep(SUBSCRIBERS)
  const task: unknown = JSON.parse(await answerOf(context, `${panelist.url}/api/tasks`, { title: 'Told to everybody' }))
  if (typeof task !== 'object' || task === null || !('id' in task)) throw new Error('the task has no id')
  const own = { server: panelist, clients, url: `${panelist.url}/api/tasks/${String(task.id)}` }
  await sleep(SETTLE_MS) // the making of the task is told too, and that is not to be timed
  const { message } = await write(context, own, WARM_UP_WRITES)
  const bare = await startBare(context, message, authorizations)
  const [ownDelays, bareDelays] = await inTurn(context, own, bare)
  await Promise.all([clients.end(), bare.clients.end()])
  await Promise.all([panelist.end(), bare.server.end()])
  return [memory, ...linesOf(ownDelays, bareDelays)]
}

/**
 * Resident memory of the server before and after, with nothing else to do, for each of the sockets. Both without
 * garbage: that of the start alone is more than all the sockets, and would be collected while they connect.
 */
async function memoryOfSockets(context: Context, server: Server, connect: () => Promise<void>): Promise<Line> {
  context.say(`${IDLE_SOCKETS} idle sockets`)
  for (let request = 0; request < WARM_UP_REQUESTS; request++) await answerOf(context, `${server.url}/api/tasks`)
  await sleep(SETTLE_MS)
  await server.collectGarbage()
  const before = server.memoryMiB() ?? NaN
  await connect()
  await sleep(IDLE_MS)
  await server.collectGarbage()
  const after = server.memoryMiB() ?? NaN
  context.tick()
  return {
    row: `${IDLE_SOCKETS.toLocaleString('en')} idle sockets, memory each`,
    unit: 'KiB',
    panelist: ((after - before) * KIB_IN_MIB) / IDLE_SOCKETS,
    bar: { at: 'most', value: 40 },
  }
}

interface Audience {
  readonly server: Server
  readonly clients: SocketClients
  /** What is written to, and told of. */
  readonly url: string
}

function write({ authorization }: Context, { clients, url }: Audience, times: number) {
  return clients.write({ url, authorization: authorization(), times })
}

/** The same text to as many sockets by `ws` alone, warm. */
async function startBare(context: Context, message: string, authorizations: readonly string[]): Promise<Audience> {
  const { programs, authorization } = context
  const folder = ownFolder(context)
  const MESSAGE_FILE = join(folder, 'message.json')
  writeFileSync(MESSAGE_FILE, message)
  const server = await programs.start({
    script: 'benchmark/baselines/broadcast.js',
    name: 'broadcast',
    folder,
    env: { MESSAGE_FILE },
    firstPath: '/',
    authorization: authorization(),
  })
  const bare = { server, url: server.url, clients: new SocketClients(programs) }
  await bare.clients.connect({ url: server.url, authorizations, count: SUBSCRIBERS })
  await write(context, bare, WARM_UP_WRITES)
  return bare
}

/** The writes of one run, and what the server used for each: processor time, also for looking what is new. */
interface Told {
  readonly delays: readonly Delay[]
  readonly cpuMicroseconds: number
}

async function inTurn(context: Context, own: Audience, bare: Audience): Promise<[own: Told[], bare: Told[]]> {
  context.say(`a write sent to ${SUBSCRIBERS} sockets`)
  const runs: [Told[], Told[]] = [[], []]
  for (let run = 0; run < context.runs; run++) {
    for (const [index, audience] of [own, bare].entries()) {
      const before = audience.server.cpuSeconds() ?? NaN
      const { delays } = await write(context, audience, WRITES)
      const after = audience.server.cpuSeconds() ?? NaN
      runs[index]?.push({ delays, cpuMicroseconds: ((after - before) / WRITES) * MICRO })
      context.tick()
    }
  }
  return runs
}

const FIGURES = [
  { title: 'last', of: ({ lastMs }: Delay) => lastMs },
  { title: 'first', of: ({ firstMs }: Delay) => firstMs },
]

function linesOf(own: readonly Told[], bare: readonly Told[]): Line[] {
  const cpu = ({ cpuMicroseconds }: Told) => cpuMicroseconds
  const lines = FIGURES.flatMap(({ title, of }) => {
    const [ours, theirs] = [own, bare].map(runs => runs.flatMap(({ delays }) => delays.map(of)))
    const row = `answer to ${title} of ${SUBSCRIBERS.toLocaleString('en')} sockets`
    return [
      { row: `${row}, median`, ...lineOf(ours, theirs, median) },
      { row: `${row}, 95th percentile`, ...lineOf(ours, theirs, percentile95) },
    ]
  })
  const [first, ...others] = lines
  if (!first) return []
  const inAll = {
    ...first,
    panelistCpuMicroseconds: median(own.map(cpu)),
    baseline: { ...first.baseline, cpuMicroseconds: median(bare.map(cpu)) },
    cpuRatio: median(own.map((told, run) => cpu(told) / (bare[run]?.cpuMicroseconds ?? NaN))),
  }
  return [inAll, ...others]
}

function lineOf(own: readonly number[] = [], bare: readonly number[] = [], of: (values: readonly number[]) => number) {
  const [panelist, value] = [of(own), of(bare)]
  // A message may come with the answer, in 0 ms, and nothing can be divided by that.
  const ratio = value > 0 ? panelist / value : undefined
  return { unit: 'ms', panelist, baseline: { name: 'bare ws', value }, ratio } as const
}

/** By the nearest rank. */
function percentile95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? NaN
}
