import { Type, type Static } from '@sinclair/typebox'
import { ValidationError } from '../../plugins/errors.ts'
import type { Bookable, CalendarRules, CalendarStore } from './people.ts'
import { Id, Line, OneOf } from '../lists/fields.ts'
import { InterviewType } from './interview-types.ts'
import type { Rule } from '../scheduling/free-time.ts'
import type { Grid } from '../scheduling/grid.ts'
import type { Interval } from '../scheduling/intervals.ts'
import { MOST_KINDS } from '../scheduling/matching.ts'
import { Search } from '../scheduling/search.ts'

/** Who is looked for, and when a whole panel of them can meet: the search asks, and a booking by seats. */

const MOST_SEATS = 20

export const PanelRole = OneOf(['lead', 'interviewer', 'shadow'], 'A shadow watches and learns')

export const Seat = Type.Object(
  {
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_SEATS, default: 1, description: 'How many such' })),
    role: Type.Optional(PanelRole),
    skill: Type.Optional(Line(60, { description: 'One of their skills, without regard to case' })),
    interviewType: Type.Optional(InterviewType),
    interviewerIds: Type.Optional(
      Type.Array(Id, { minItems: 1, maxItems: 200, description: 'Only one of these people' }),
    ),
  },
  { additionalProperties: false, description: 'A kind of seat. Who takes it meets all that is asked of it' },
)
export type Seat = Static<typeof Seat>

export const Seats = Type.Array(Seat, {
  minItems: 1,
  maxItems: MOST_KINDS,
  description: `The seats of a panel, at most ${MOST_SEATS} in all: every one is taken, each by another person`,
})

/** What is looked for. Instants in ms since 1970. */
export interface PanelRequest {
  readonly span: Interval
  readonly grid: Grid
  readonly length: number
  readonly seats: readonly Seat[]
  readonly candidateEmail?: string | undefined
  readonly notBefore: number
  readonly present: number
  /** Nobody else is asked. */
  readonly only?: (person: Bookable) => boolean
  readonly relaxed?: readonly Rule[]
}

export interface FoundPanels {
  readonly search: Search
  readonly people: ReadonlyMap<string, Bookable>
}

/** Throws a ValidationError unless there are at most 20 seats, one of them for a lead or an interviewer. */
export function assertSeats(seats: readonly Seat[]): void {
  const all = seats.reduce((sum, { count = 1 }) => sum + count, 0)
  if (all > MOST_SEATS) throw new ValidationError('/seats', all, `a panel has at most ${MOST_SEATS} seats`)
  assertNotShadowsAlone('/seats', seats)
}

/** Throws a ValidationError that names the field: who only watches does not interview. */
export function assertNotShadowsAlone(field: string, people: readonly { readonly role?: string }[]): void {
  if (people.some(({ role }) => role !== 'shadow')) return
  throw new ValidationError(field, people, 'a panel needs a lead or an interviewer, not shadows alone')
}

/** Everybody who can be booked and could take one of the seats, and when they can meet. */
export async function searchPanels(
  store: CalendarStore,
  rules: CalendarRules,
  request: PanelRequest,
): Promise<FoundPanels> {
  const { span, seats, only, candidateEmail } = request
  const able = (await store.active()).filter(person => kindsOf(person, seats) > 0 && only?.(person) !== false)
  const people = await store.withBusyTimes(able, span)
  const candidate = candidateEmail === undefined ? [] : await store.candidate(candidateEmail, span)
  const { grid, length, notBefore, present, relaxed } = request
  const search = new Search({
    span: { ...span, ...rules, notBefore, present },
    grid,
    length,
    seats: seats.map(({ count = 1 }) => count),
    people: people.map(person => ({ calendar: person, kinds: kindsOf(person, seats) })),
    candidate,
    ...(relaxed && { relaxed }),
  })
  return { search, people: new Map(people.map(person => [person.id, person])) }
}

/** Which of the seats somebody could take, as the bits of a number. */
function kindsOf(person: Bookable, seats: readonly Seat[]): number {
  return seats.reduce((kinds, seat, kind) => (canTake(person, seat) ? kinds | (1 << kind) : kinds), 0)
}

function canTake(person: Bookable, { skill, interviewType, interviewerIds }: Seat): boolean {
  return (
    (skill === undefined || person.skills.some(known => known.toLowerCase() === skill.toLowerCase())) &&
    (interviewType === undefined || person.interviewTypes.includes(interviewType)) &&
    (interviewerIds === undefined || interviewerIds.includes(person.id))
  )
}
