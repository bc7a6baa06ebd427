import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { openDatabase } from '../../db/open.ts'
import { makeDemoData } from '../../scripts/demo/make.ts'
import { median } from '../compare.ts'
import { copyOf, preparedDatabase } from '../prepare.ts'
import type { Line } from '../lines.ts'
import { answerOf, ownFolder, startPanelist, type Context } from './context.ts'

const INTERVIEWERS = 200
const INTERVIEWS = 3_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const DAYS = 42
const SEARCHES = 40
export const SEARCH = '/api/availability/search'
const People = Type.Object({ data: Type.Array(Type.Object({ id: Type.String() })) })
const TITLE = `search: ${INTERVIEWERS} interviewers, ${DAYS} days, 4 seats, 15-minute grid`

export const stepsOfSearchRow = (runs: number) => runs * 3

/**
 * From asking to having the whole answer, one question after another, as a coordinator asks; and the same when somebody
 * books before each, so that no interview is remembered.
 */
export async function searchRow(context: Context): Promise<Line[]> {
  context.say(`${TITLE}: starting`)
  const server = await startPanelist(context, `file:${await teamOf(context)}`, '/api/usercount')
  const plain: number[] = []
  const anew: number[] = []
  const explained: number[] = []
  const bookOne = await booking(context, server.url)
  for (let run = 0; run < context.runs; run++) {
    context.say(TITLE)
    plain.push(await timeOf(context, server.url, question(false)))
    context.tick()
    anew.push(await timeOf(context, server.url, question(false), bookOne))
    context.tick()
    explained.push(await timeOf(context, server.url, question(true)))
    context.tick()
  }
  await server.end()
  return [
    { row: TITLE, unit: 'ms', panelist: median(plain), bar: { at: 'most', value: 25 } },
    { row: 'the same, each after a booking', unit: 'ms', panelist: median(anew), bar: { at: 'most', value: 25 } },
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

/** Books the same person for one hour after the other, a year after the days that are searched. */
async function booking(context: Context, url: string): Promise<() => Promise<unknown>> {
  const people = Value.Parse(People, JSON.parse(await answerOf(context, `${url}/api/interviewers?limit=1`)))
  const panel = people.data.map(({ id }) => ({ interviewerId: id }))
  const override = { reason: 'Measured at any hour of any day' }
  let next = Math.ceil(Date.now() / DAY_MS + 365) * DAY_MS
  return () => {
    const startsAt = new Date(next).toISOString()
    next += HOUR_MS
    const body = { title: 'Booked', type: 'technical', startsAt, durationMinutes: 30, panel, override }
    return answerOf(context, `${url}/api/events`, body)
  }
}

/** The median time of an answer, in ms. Throws when it offers nothing: then there was nothing to measure. */
async function timeOf(context: Context, url: string, body: object, before?: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let search = 0; search < SEARCHES; search++) {
    await before?.()
    const started = performance.now()
    const answer = await answerOf(context, url + SEARCH, body)
    times.push(performance.now() - started)
    if (!answer.includes('startsAt')) throw new Error('the search of the benchmark finds no slot')
  }
  return median(times)
}
