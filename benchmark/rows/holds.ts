import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { WebSocket } from 'ws'
import { openDatabase } from '../../db/open.ts'
import { fromJson } from '../../domain/sql.ts'
import { makeDemoData } from '../../scripts/demo/make.ts'
import { median } from '../compare.ts'
import type { WatchOrder } from '../hold-watch.ts'
import { experience, largestInputs, type Known, type OpenApi, type Sent } from '../largest.ts'
import type { Line } from '../lines.ts'
import { nextMessage } from '../load.ts'
import { insertManyRows } from '../many-rows.ts'
import { BENCHMARK_USER, copyOf, preparedDatabase } from '../prepare.ts'
import type { Server } from '../programs.ts'
import { answerOf, ownFolder, startPanelist, type Context } from './context.ts'

const INTERVIEWERS = 500
const INTERVIEWS = 2_000
const JOURNAL_ROWS = 20_000
const TASKS = 20_000
const WARM_RUNS = 3
const ALLOWED_MS = 50
/** Besides those of the demo data, and no more than there is room for. */
const ENTRIES = 80
const TOPICS = ['EVENTS', 'TASKS', 'INTERVIEWERS'] as const
/** How many of the longest holds are lines of the report. */
const SHOWN = 10
const TITLE = 'longest hold'
const Watched = Type.Object({ longestMs: Type.Number() })
const Created = Type.Object({ eventsUrl: Type.String() })

export const stepsOfHoldsRow = () => 1

interface Hold {
  readonly name: string
  readonly coldMs: number
  readonly warmMs: number
  readonly status: string
}

/** Sends the largest allowed input of every operation, once cold and then warm, and prints how long each holds the event loop. */
export async function holdsRow(context: Context): Promise<Line[]> {
  context.say(`${TITLE}: preparing`)
  const { file, known } = await furnished(context)
  const env = { AUTH_RATE_LIMIT_MAX: '0', MAIL: 'off', LOG_LEVEL: 'error' }
  const server = await startPanelist(context, `file:${file}`, '/api/usercount', env)
  const feed = await furnishThrough(context, server, known.people)
  const document = fromJson<OpenApi>(await answerOf(context, `${server.url}/docs/json`))
  const watch = watcher(context, server)
  const holds: Hold[] = []
  for (const { name, of } of largestInputs(document, { ...known, feed })) {
    context.say(`${TITLE}: ${name}`)
    holds.push(await holdOf(name, run => watch(() => sent(context, server, of(run)))))
  }
  for (const topic of TOPICS) {
    const catchUp = () => watch(() => caughtUp(context, server, topic))
    holds.push(await holdOf(`websocket: SUBSCRIBE_${topic} since 0`, catchUp))
  }
  context.tick()
  await server.end()
  holds.sort((one, other) => other.warmMs - one.warmMs)
  console.log(`\n${holds.map(tableRow).join('\n')}\n`)
  return holds.slice(0, SHOWN).map((hold, index) => lineOf(hold, index === 0))
}

function tableRow({ name, coldMs, warmMs, status }: Hold): string {
  return `${coldMs.toFixed(1).padStart(8)} ms cold  ${warmMs.toFixed(1).padStart(8)} ms warm  ${status}  ${name}`
}

function lineOf({ name, warmMs, coldMs }: Hold, worst: boolean): Line {
  const note = `${coldMs.toFixed(1)} ms cold`
  const row = `${worst ? TITLE : 'hold'}: ${name}`
  return { row, unit: 'ms', panelist: warmMs, note, ...(worst && { bar: { at: 'most', value: ALLOWED_MS } }) }
}

interface Watch {
  readonly ms: number
  readonly status: string
}

async function holdOf(name: string, once: (run: number) => Promise<Watch>): Promise<Hold> {
  const cold = await once(1)
  const warm: Watch[] = []
  for (let run = 2; run < 2 + WARM_RUNS; run++) warm.push(await once(run))
  return { name, coldMs: cold.ms, warmMs: median(warm.map(({ ms }) => ms)), status: warm.at(-1)?.status ?? '' }
}

/** Watches the event loop of a server, from a process of its own, while something is done. */
function watcher({ programs }: Context, { pid, url }: Server) {
  const child = programs.fork('benchmark/hold-watch.js')
  const tell = (order: WatchOrder) => child.send(order)
  return async (work: () => Promise<string>): Promise<Watch> => {
    tell({ pid, url })
    await nextMessage(child)
    const status = await work()
    tell('stop')
    return { ms: Value.Parse(Watched, await nextMessage(child)).longestMs, status }
  }
}

async function sent({ authorization }: Context, { url }: Server, request: Sent): Promise<string> {
  const { method, path, type, body, headers } = request
  const response = await fetch(url + path, {
    method,
    headers: { authorization: authorization(), ...(type !== undefined && { 'content-type': type }), ...headers },
    ...(body !== undefined && { body }),
  })
  await response.arrayBuffer()
  return String(response.status)
}

/** Ends when the server has confirmed the subscription or closed the connection. */
function caughtUp({ authorization }: Context, { url }: Server, topic: string): Promise<string> {
  const headers = { authorization: authorization() }
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws/updates`, { headers })
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send(JSON.stringify({ type: `SUBSCRIBE_${topic}`, since: 0 })))
    socket.on('message', (message: Buffer) => {
      if (message.includes('"SUBSCRIBED"')) socket.close()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(' ws'))
  })
}

async function furnished(context: Context): Promise<{ file: string; known: Omit<Known, 'feed'> }> {
  const file = copyOf(await preparedDatabase(1), join(ownFolder(context), 'panelist.db'))
  const { database } = await openDatabase(`file:${file}`)
  const { people } = await makeDemoData(database, { seed: 1, interviewers: INTERVIEWERS, events: INTERVIEWS })
  const user = BENCHMARK_USER.id
  const task = await database.one<{ id: string }>('SELECT id FROM tasks LIMIT 1', {})
  await insertManyRows(database, { journalRows: JOURNAL_ROWS, tasks: TASKS, by: user })
  const event = await database.one<{ id: string }>('SELECT id FROM events ORDER BY starts_at DESC LIMIT 1', {})
  await database.close()
  const ids = people.filter(({ status }) => status === 'active').map(({ id }) => id)
  return { file, known: { people: ids, event: event?.id ?? '', task: task?.id ?? '', user } }
}

/** Fills the first portfolio and makes a feed of the first person's calendar; returns the secret of the feed. */
async function furnishThrough(context: Context, { url }: Server, [person = '']: readonly string[]): Promise<string> {
  for (let entry = 0; entry < ENTRIES; entry++)
    await answerOf(context, `${url}/api/portfolio/experience`, experience(person))
  const answer = await answerOf(context, `${url}/api/interviewers/${person}/feeds`, {})
  const { eventsUrl } = Value.Parse(Created, JSON.parse(answer))
  return eventsUrl.split('/').at(-2) ?? ''
}
