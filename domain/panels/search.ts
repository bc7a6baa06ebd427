import type { Queryable } from '../../db/database.ts'
import { folded } from '../../db/texts.ts'
import { found, ValidationError } from '../../plugins/errors.ts'
import { explain } from '../scheduling/explain.ts'
import type { Score as ExactScore } from '../scheduling/fairness.ts'
import { FreeTime, type Rule } from '../scheduling/free-time.ts'
import { Grid, gridOf } from '../scheduling/grid.ts'
import type { Interval } from '../scheduling/intervals.ts'
import { PanelSearch, type PanelSlot } from '../scheduling/search.ts'
import type { Work } from '../turns.ts'
import { candidateBusyTimes, withBusyTimes } from './busy-times.ts'
import type { CalendarRules } from './calendars.ts'
import { NO_MEMORY, type CalendarMemory } from './memory.ts'
import { activePeople, peopleByIds, type Bookable } from './people.ts'
import { MOST_SEATS, type Explained, type Relaxation, type Score, type Seat } from './schemas.ts'

/** Sums of fractions are not exact; nobody needs more digits than these. */
const DIGITS = 1e6

export type { PanelSlot }

/** Where calendars are read, and the rules they are read by. Without a memory: as a transaction needs it. */
export interface Calendars {
  readonly sql: Queryable
  readonly rules: CalendarRules
  readonly memory?: CalendarMemory
}

/** When an interview may take place. Instants in ms since 1970, lengths in ms. */
export interface Times {
  readonly span: Interval
  readonly length: number
  /** Nothing starts before. */
  readonly present: number
  /** Starts are multiples of the step past midnight of the zone; by default the beginning of the span is the only one. */
  readonly every?: { readonly step: number; readonly timezone: string }
}

export interface PanelRequest extends Times {
  readonly seats: readonly Seat[]
  readonly candidateEmail?: string | undefined
  /** How long before an interview people have to know of it, in ms; by default not at all. */
  readonly notice?: number
  /** Nobody else is asked. */
  readonly only?: (person: Bookable) => boolean
  readonly relaxed?: readonly Rule[]
}

export interface FoundPanels {
  readonly people: ReadonlyMap<string, Bookable>
  /** The first slots in which a whole panel can meet, each with the fairest one. */
  slots(limit: number): Work<PanelSlot[]>
  /** Why there are no more slots than there are. */
  explain(): Work<{ readonly people: Explained[]; readonly relaxation: Relaxation | undefined }>
}

/** Throws a ValidationError unless there are at most 20 seats, one of them for a lead or an interviewer. */
export function assertSeats(seats: readonly Seat[]): void {
  const all = seats.reduce((sum, { count = 1 }) => sum + count, 0)
  if (all > MOST_SEATS) throw new ValidationError('/seats', all, `a panel has at most ${MOST_SEATS} seats`)
  assertNotShadowsAlone('/seats', seats)
}

/** Throws a ValidationError that names the field unless somebody does more than watch. */
export function assertNotShadowsAlone(field: string, people: readonly { readonly role?: string }[]): void {
  if (people.some(({ role }) => role !== 'shadow')) return
  throw new ValidationError(field, people, 'a panel needs a lead or an interviewer, not shadows alone')
}

/** When a whole panel can meet: of everybody who can be booked and could take one of the seats. */
export async function searchPanels(calendars: Calendars, request: PanelRequest): Promise<FoundPanels> {
  const { sql, rules, memory = NO_MEMORY } = calendars
  const { span, length, present, seats, only, candidateEmail, notice = 0, relaxed } = request
  const active = await memory.people(() => activePeople(sql))
  const able = active.filter(person => kindsOf(person, seats) > 0 && only?.(person) !== false)
  const people = await withBusyTimes(sql, able, span, memory)
  const candidate = candidateEmail === undefined ? [] : await candidateBusyTimes(sql, candidateEmail, span, memory)
  const search = new PanelSearch({
    span: { ...span, ...rules, notBefore: present + notice, present },
    grid: gridFor(request, rules),
    length,
    seats: seats.map(({ count = 1 }) => count),
    people: people.map(person => ({ calendar: person, kinds: kindsOf(person, seats) })),
    candidate,
    ...(relaxed && { relaxed }),
  })
  return {
    people: new Map(people.map(person => [person.id, person])),
    slots: limit => search.slots(limit),
    explain: () => explanationOf(search),
  }
}

/** The instants at which one interviewer could start. Nobody who is paused or inactive has any: they cannot be booked. */
export async function startsOf(calendars: Calendars, id: string, times: Times): Promise<number[]> {
  const { sql, rules, memory } = calendars
  const { span, length, present } = times
  const [person] = await withBusyTimes(sql, await peopleByIds(sql, [id]), span, memory)
  const calendar = found(person, 'interviewer')
  if (calendar.status !== 'active') return []
  const grid = gridFor(times, rules)
  const free = new FreeTime(calendar, { ...span, ...rules, notBefore: present, present })
  return grid.ranges(free.starts(length)).flatMap(({ start, end }) => grid.instants.slice(start, end))
}

/** A score as it is answered: rounded, with its instant as text. */
export function scoreFrom({ lastInterviewAt, ...terms }: ExactScore): Score {
  const rounded = (term: number) => Math.round(term * DIGITS) / DIGITS || 0 // no -0
  return {
    target: rounded(terms.target),
    interviews: terms.interviews,
    calibration: rounded(terms.calibration),
    weight: terms.weight,
    shortfall: rounded(terms.shortfall),
    lastInterviewAt: lastInterviewAt === null ? null : new Date(lastInterviewAt).toISOString(),
  }
}

function gridFor({ span, length, every }: Times, { zones }: CalendarRules): Grid {
  if (!every) return new Grid([span.start])
  return gridOf(zones.clock(every.timezone, span.start, span.end), every.step, length, span)
}

function* explanationOf(search: PanelSearch): ReturnType<FoundPanels['explain']> {
  const { people, relaxation: forAll } = yield* explain(search)
  const explained = people.map(({ id, name, minutes, relaxation, problem }) => ({
    interviewerId: id,
    name,
    windowMinutes: Object.values(minutes).reduce((sum, part) => sum + part, 0),
    minutes,
    ...(relaxation && { relaxation }),
    ...(problem !== undefined && { problem }),
  }))
  return { people: explained, relaxation: forAll }
}

/** Which of the seats somebody could take, as the bits of a number. */
function kindsOf(person: Bookable, seats: readonly Seat[]): number {
  return seats.reduce((kinds, seat, kind) => (canTake(person, seat) ? kinds | (1 << kind) : kinds), 0)
}

function canTake(person: Bookable, { skill, interviewType, interviewerIds }: Seat): boolean {
  return (
    (skill === undefined || person.skills.some(known => folded(known) === folded(skill))) &&
    (interviewType === undefined || person.interviewTypes.includes(interviewType)) &&
    (interviewerIds === undefined || interviewerIds.includes(person.id))
  )
}
