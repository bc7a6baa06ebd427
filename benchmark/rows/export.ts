import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../compare.ts'
import { copyOf, preparedDatabase } from '../prepare.ts'
import type { Server } from '../programs.ts'
import type { Line } from '../lines.ts'
import { ownFolder, startPanelist, type Context } from './context.ts'

const ROWS = 100_000
const SETTLE_MS = 2_000
/** How often the memory is looked at while a file is sent, and how often somebody else asks for something. */
const LOOK_EVERY_MS = 20
const EXPORT = '/api/interviewers/export?format=xlsx'
const TITLE = `export of ${ROWS.toLocaleString('en')} rows as xlsx`

export const stepsOfExportRow = (runs: number) => runs

interface Export {
  readonly seconds: number
  /** Over what it had when it was idle. */
  readonly peakMiB: number
  /** How long others waited at most for an answer that asks nothing of the database. */
  readonly longestWaitMs: number
}

/** What a large export takes of the server, and of everybody else. A server of its own each time, as memory is kept. */
export async function exportRow(context: Context): Promise<Line[]> {
  const prepared = await preparedDatabase(ROWS)
  const exports: Export[] = []
  for (let run = 0; run < context.runs; run++) {
    context.say(TITLE)
    const file = copyOf(prepared, join(ownFolder(context), 'panelist.db'))
    const server = await startPanelist(context, `file:${file}`, '/api/usercount', {}, { collects: true })
    await sleep(SETTLE_MS)
    await server.collectGarbage()
    exports.push(await exported(context, server))
    await server.end()
    context.tick()
  }
  const of = (figure: (one: Export) => number) => median(exports.map(figure))
  return [
    {
      row: `${TITLE}: peak memory over idle`,
      unit: 'MiB',
      panelist: of(one => one.peakMiB),
      bar: { at: 'most', value: 120 },
    },
    { row: 'the same, until it has arrived', unit: 'ms', panelist: of(one => one.seconds * 1000) },
    { row: 'the same, longest wait of somebody else', unit: 'ms', panelist: of(one => one.longestWaitMs) },
  ]
}

async function exported({ authorization }: Context, server: Server): Promise<Export> {
  const idle = server.memoryMiB() ?? NaN
  let [peak, longestWaitMs, arrived] = [idle, 0, false]
  const looking = (async () => {
    while (!arrived) {
      const asked = performance.now()
      await (await fetch(`${server.url}/health/live`)).text()
      longestWaitMs = Math.max(longestWaitMs, performance.now() - asked)
      peak = Math.max(peak, server.memoryMiB() ?? NaN)
      await sleep(LOOK_EVERY_MS)
    }
  })()
  const started = performance.now()
  const response = await fetch(server.url + EXPORT, { headers: { authorization: authorization() } })
  if (!response.ok || !response.body) throw new Error(`${EXPORT} answered ${response.status}: ${await response.text()}`)
  await response.body.pipeTo(new WritableStream()) // read and thrown away
  const seconds = (performance.now() - started) / 1000
  arrived = true
  await looking
  return { seconds, peakMiB: peak - idle, longestWaitMs }
}
