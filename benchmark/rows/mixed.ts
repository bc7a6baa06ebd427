import { join } from 'node:path'
import { compare } from '../compare.ts'
import { copyOf, preparedDatabase, someIds } from '../prepare.ts'
import type { Server } from '../programs.ts'
import type { Line } from '../lines.ts'
import { answerOf, ownFolder, startPanelist, type Context } from './context.ts'
import { CONNECTIONS, lineOf, NO_CACHE, ROWS } from './requests.ts'

const REQUESTS_PER_WRITE = 100
/** A multiple of 10, as every tenth is the list. */
const READS = 100
const IDS = 20
const LIST_AMONG = 10
const LIST = '/api/interviewers'
const TITLE = `1 write in ${REQUESTS_PER_WRITE} requests, reads of ${IDS} ids and the list`

export const stepsOfMixedRow = (runs: number) => runs * 2

/** Reads with writes among them, each of which makes every kept answer untrue: with the cache, and without. */
export async function mixedRow(context: Context): Promise<Line[]> {
  context.say(`${TITLE}: starting`)
  const ids = someIds(ROWS, IDS).map(id => `${LIST}/${id}`)
  const cached = await startOnCopy(context)
  const uncached = await startOnCopy(context, NO_CACHE)
  context.say(TITLE)
  const before = await lookUps(context, cached)
  const [own = [], other = []] = await compare(
    [cached, uncached].map(server => ({ server, paths: readsOf(ids), logs: true })),
    {
      ...context,
      writes: { paths: ids, every: REQUESTS_PER_WRITE },
      connections: CONNECTIONS,
      warmUpSeconds: Math.min(3, context.seconds),
    },
  )
  const after = await lookUps(context, cached)
  await Promise.all([cached.end(), uncached.end()])
  const hits = after.hits - before.hits
  const share = hits / (hits + after.misses - before.misses)
  return [
    lineOf(TITLE, own, 'without the cache', other),
    { row: 'of those reads, answered from the cache', unit: '%', panelist: share * 100 },
  ]
}

async function startOnCopy(context: Context, more?: Readonly<Record<string, string>>): Promise<Server> {
  const file = copyOf(await preparedDatabase(ROWS), join(ownFolder(context), 'panelist.db'))
  return startPanelist(context, `file:${file}`, LIST, more)
}

function readsOf(ids: readonly string[]): string[] {
  return Array.from({ length: READS }, (_, index) =>
    index % LIST_AMONG === 0 ? LIST : (ids[(index - Math.ceil(index / LIST_AMONG)) % ids.length] ?? LIST),
  )
}

async function lookUps(context: Context, { url }: Server): Promise<{ hits: number; misses: number }> {
  const statistics: unknown = JSON.parse(await answerOf(context, `${url}/api/cache`))
  if (typeof statistics !== 'object' || statistics === null || !('hits' in statistics && 'misses' in statistics)) {
    throw new Error('the cache does not report its hits and misses')
  }
  return { hits: Number(statistics.hits), misses: Number(statistics.misses) }
}
