import { join } from 'node:path'
import { openDatabase } from '../../db/open.ts'
import { makeDemoData } from '../../scripts/demo/make.ts'
import { median } from '../compare.ts'
import { copyOf, preparedDatabase } from '../prepare.ts'
import type { Line } from '../lines.ts'
import { answerOf, ownFolder, startPanelist, type Context } from './context.ts'

const INTERVIEWERS = 200
const INTERVIEWS = 3_000
const DAY_MS = 86_400_000
const DAYS = 42
const SEARCHES = 40
export const SEARCH = '/api/availability/search'
const TITLE = `search: ${INTERVIEWERS} interviewers, ${DAYS} days, 4 seats, 15-minute grid`

export const stepsOfSearchRow = (runs: number) => runs * 2

/** From asking to having the whole answer, one question after another, as a coordinator asks. */
export async function searchRow(context: Context): Promise<Line[]> {
  context.say(`${TITLE}: starting`)
  const server = await startPanelist(context, `file:${await teamOf(context)}`, '/api/usercount')
  const plain: number[] = []
  const explained: number[] = []
  for (let run = 0; run < context.runs; run++) {
    context.say(TITLE)
    plain.push(await timeOf(context, server.url, question(false)))
    context.tick()
    explained.push(await timeOf(context, server.url, question(true)))
    context.tick()
  }
  await server.end()
  return [
    { row: TITLE, unit: 'ms', panelist: median(plain), bar: { at: 'most', value: 25 } },
    { row: 'the same, explained', unit: 'ms', panelist: median(explained) },
  ]
}

/** A database with a team and its interviews of these weeks, made as `npm run seed` makes them. */
export async function teamOf(context: Context): Promise<string> {
  const file = copyOf(await preparedDatabase(1), join(ownFolder(context), 'panelist.db'))
  const { database } = await openDatabase(`file:${file}`)
  await makeDemoData(database, { seed: 1, interviewers: INTERVIEWERS, events: INTERVIEWS })
  await database.close()
  return file
}

/** Four kinds of seats, so that everybody is asked, and many for more than one. */
export function question(explain: boolean): Readonly<Record<string, unknown>> {
  const from = Math.ceil(Date.now() / DAY_MS) * DAY_MS
  return {
    from: new Date(from).toISOString(),
    to: new Date(from + DAYS * DAY_MS).toISOString(),
    durationMinutes: 60,
    stepMinutes: 15,
    timezone: 'Europe/Berlin',
    seats: [
      { role: 'lead', interviewType: 'system_design' },
      { role: 'interviewer', interviewType: 'technical' },
      { role: 'interviewer', interviewType: 'behavioral' },
      { role: 'shadow' },
    ],
    limit: 50,
    explain,
  }
}

/** The median time of an answer, in ms. Throws when it offers nothing: then there was nothing to measure. */
async function timeOf(context: Context, url: string, body: object): Promise<number> {
  const times: number[] = []
  for (let search = 0; search < SEARCHES; search++) {
    const started = performance.now()
    const answer = await answerOf(context, url + SEARCH, body)
    times.push(performance.now() - started)
    if (!answer.includes('startsAt')) throw new Error('the search of the benchmark finds no slot')
  }
  return median(times)
}
