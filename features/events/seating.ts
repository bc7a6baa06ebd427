import createError from '@fastify/error'
import type { Queryable, Transaction } from '../../db/database.ts'
import { detailed, found } from '../../plugins/errors.ts'
import type { Event } from '../../domain/interviews/schemas.ts'
import type { CalendarRules } from '../../domain/panels/calendars.ts'
import type { Explained, Seat } from '../../domain/panels/schemas.ts'
import { atOnce } from '../../domain/turns.ts'
import { assertSeats, scoreFrom, searchPanels } from '../../domain/panels/search.ts'
import { RULES, type Rule } from '../../domain/scheduling/free-time.ts'
import type { NewPanel, Replacement } from './schemas.ts'

/** Finds people for a panel whose time is set: of those who are free, the ones whose turn it is. */

const NoPanel = createError<[string]>('NO_PANEL_AVAILABLE', '%s', 409)

/** The rules that staff may override. */
const OVERRIDABLE: readonly Rule[] = ['timeOff', 'dayLimit', 'weekLimit']
const MOST_PROPOSED = 10
const MOST_NAMED = 5
const WHY: Readonly<Record<Rule, string>> = {
  hours: 'does not give these hours',
  override: 'does not give these hours that day',
  timeOff: 'is off',
  claims: 'is in another interview',
  imported: 'is busy in their calendar',
  dayLimit: 'has a full day',
  weekLimit: 'has a full week',
  buffer: 'needs time between interviews',
  notice: 'would have to start in the past',
}

type Time = Pick<Event, 'startsAt' | 'endsAt'>

/**
 * The fairest panel that is free at the time of an event. Throws NO_PANEL_AVAILABLE, with what takes everybody's time,
 * when there is none. Runs in the transaction that books, so that nobody else can book these people meanwhile.
 */
export async function panelFor(
  tx: Transaction,
  rules: CalendarRules,
  event: Event,
  seats: readonly Seat[],
): Promise<NewPanel> {
  assertSeats(seats)
  const panels = await searchPanels(
    { sql: tx, rules },
    {
      ...timesOf(event),
      seats,
      ...(event.override && { relaxed: OVERRIDABLE }),
    },
  )
  const [slot] = atOnce(panels.slots(1))
  if (slot) return slot.panel.map(({ kind, id }) => ({ interviewerId: id, role: seats[kind]?.role ?? 'interviewer' }))
  const { people: explained } = atOnce(panels.explain())
  throw detailed(new NoPanel(noPanel(event, explained)), explained)
}

/** People who could take a seat, the one whose turn it is first: they do this type of interview, or named no type. */
export async function replacementsFor(
  sql: Queryable,
  rules: CalendarRules,
  event: Event,
  interviewerId: string,
): Promise<Replacement[]> {
  const { role } = found(
    event.panel.find(member => member.interviewerId === interviewerId),
    'panel member',
  )
  const seated = new Set(event.panel.map(member => member.interviewerId))
  const panels = await searchPanels(
    { sql, rules },
    {
      ...timesOf(event),
      seats: [{ count: 1, role }],
      only: ({ id, interviewTypes }) =>
        !seated.has(id) && (interviewTypes.length === 0 || interviewTypes.includes(event.type)),
    },
  )
  const [slot] = atOnce(panels.slots(1))
  const free = slot?.available[0] ?? []
  return free.slice(0, MOST_PROPOSED).map(({ id, score }) => {
    const { name, email } = found(panels.people.get(id), 'interviewer')
    return { interviewerId: id, name, email, role, score: scoreFrom(score) }
  })
}

/** A search whose only start is that of the interview. */
function timesOf({ startsAt, endsAt }: Time) {
  const span = { start: Date.parse(startsAt), end: Date.parse(endsAt) }
  return { span, length: span.end - span.start, present: span.start }
}

/** "No panel is free from 09:00 to 10:00 UTC: Ada Lovelace is in another interview; …" */
function noPanel({ startsAt, endsAt }: Time, people: readonly Explained[]): string {
  const time = `No panel is free from ${startsAt.slice(0, 16).replace('T', ' ')} to ${endsAt.slice(11, 16)} UTC`
  if (people.length === 0) return `${time}: nobody matches the seats`
  const named = people
    .slice(0, MOST_NAMED)
    .map(
      ({ name, minutes, problem }) =>
        `${name} ${problem === undefined ? whyOf(minutes) : 'has a calendar that cannot be read'}`,
    )
  const more = people.length - named.length
  return `${time}: ${[...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')}`
}

/** The rule that takes most of the time, in words. */
function whyOf(minutes: Explained['minutes']): string {
  const [most] = [...RULES].sort((one, other) => (minutes[other] ?? 0) - (minutes[one] ?? 0))
  return most && (minutes[most] ?? 0) > 0 ? WHY[most] : 'is free, but not enough people are'
}
