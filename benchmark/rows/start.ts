import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../compare.ts'
import { copyOf, preparedDatabase, someIds } from '../prepare.ts'
import type { Line } from '../lines.ts'
import { ownFolder, startPanelist, type Context } from './context.ts'

const ROWS = 1_000
/** Long enough for what a start leaves behind to be collected. */
const IDLE_MS = 5_000

export const stepsOfStartRow = (runs: number) => runs

/** From the start of the process to its first authenticated answer, and the memory it has once it is idle. */
export async function startRow(context: Context): Promise<Line[]> {
  const file = copyOf(await preparedDatabase(ROWS), join(ownFolder(context), 'panelist.db'))
  const [firstPath = ''] = someIds(ROWS, 1).map(id => `/api/interviewers/${id}`)
  const starts: number[] = []
  const memory: number[] = []
  for (let run = 0; run < context.runs; run++) {
    context.say('start and idle memory')
    const server = await startPanelist(context, `file:${file}`, firstPath)
    starts.push(server.startMs)
    await sleep(IDLE_MS)
    memory.push(server.memoryMiB() ?? NaN)
    await server.end()
    context.tick()
  }
  return [
    { row: 'start to first answer', unit: 'ms', panelist: median(starts), bar: { at: 'most', value: 1_000 } },
    { row: 'idle memory', unit: 'MiB', panelist: median(memory), bar: { at: 'most', value: 120 } },
  ]
}
