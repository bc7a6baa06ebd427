import { DateTime, FixedOffsetZone } from 'luxon'
import type { Database } from '../../db/database.ts'
import type { Caller } from '../../plugins/auth.ts'
import { found, ValidationError } from '../../plugins/errors.ts'
import type { CalendarRules, CalendarStore } from '../../domain/panels/people.ts'
import { explainedFrom, scoreFrom } from '../../domain/panels/answers.ts'
import { assertSeats, searchPanels, type Seat } from '../../domain/panels/search.ts'
import { MINUTE } from '../../domain/scheduling/days.ts'
import { explain } from '../../domain/scheduling/explain.ts'
import { FreeTime } from '../../domain/scheduling/free-time.ts'
import { gridOf } from '../../domain/scheduling/grid.ts'
import type { Interval } from '../../domain/scheduling/intervals.ts'
import type { PanelSlot } from '../../domain/scheduling/search.ts'
import type { ZoneClock } from '../../domain/scheduling/zones.ts'
import { visibleTo } from '../../domain/accounts/visibility.ts'
import { availabilityRepository } from './repository.ts'
import type { PanelQuery, PanelSlots, SlotQuery, Slots } from './search-schemas.ts'

const LONGEST_SPAN_DAYS = 62

export const searchService = (db: Database, store: CalendarStore, rules: CalendarRules) => ({
  /** When one interviewer is free: nobody who is paused or inactive, as they cannot be booked. */
  slots: async (viewer: Caller, id: string, query: SlotQuery): Promise<Slots> => {
    visibleTo(viewer, await availabilityRepository(db).find(id))
    const { length, ...frame } = frameOf(query)
    const [person] = await store.withBusyTimes(await store.byIds([id]), frame.span)
    const { status, timezone: own, ...calendar } = found(person, 'interviewer')
    const timezone = query.timezone ?? own
    if (status !== 'active') return { slots: [] }
    const { span, step, present } = frame
    const clock = rules.zones.clock(timezone, span.start, span.end)
    const grid = gridOf(clock, step, length, span)
    const free = new FreeTime({ ...calendar, timezone: own }, { ...span, ...rules, notBefore: present, present })
    const starts = grid.ranges(free.starts(length)).flatMap(({ start, end }) => grid.instants.slice(start, end))
    return { slots: starts.slice(0, query.limit).map(start => slotAt(start, length, clock)) }
  },

  /** When a whole panel can meet, and who should sit on it. */
  panels: async (query: PanelQuery): Promise<PanelSlots> => {
    const { seats, candidateEmail, timezone = 'UTC', minNoticeMinutes = 0, limit = 50 } = query
    assertSeats(seats)
    const { span, step, length, present } = frameOf(query)
    const clock = rules.zones.clock(timezone, span.start, span.end)
    const { search } = await searchPanels(store, rules, {
      span,
      length,
      seats,
      candidateEmail,
      present,
      notBefore: present + minNoticeMinutes * MINUTE,
      grid: gridOf(clock, step, length, span),
    })
    const slots = search.slots(limit).map(slot => panelSlotFrom(slot, seats, clock))
    if (query.explain !== true) return { slots }
    const explanation = explain(search)
    const { relaxation } = explanation
    return { slots, explain: explainedFrom(explanation), ...(relaxation && { relaxation }) }
  },
})

interface Frame {
  readonly span: Interval
  readonly step: number
  readonly length: number
  /** Before it nothing starts. */
  readonly present: number
}

type Asked = 'from' | 'to' | 'durationMinutes' | 'stepMinutes' | 'minNoticeMinutes'

/** Throws a ValidationError for a span that is empty, or longer than 62 days. */
function frameOf(query: Pick<PanelQuery, Asked>): Frame {
  const span = { start: Date.parse(query.from), end: Date.parse(query.to) }
  if (span.end <= span.start) throw new ValidationError('/to', query.to, 'comes after from')
  if (span.end - span.start > LONGEST_SPAN_DAYS * 24 * 60 * MINUTE) {
    throw new ValidationError('/to', query.to, `is at most ${LONGEST_SPAN_DAYS} days after from`)
  }
  // Who asks for a time that is all over wants to record what took place.
  const past = span.end <= Date.now() && query.minNoticeMinutes === undefined
  const { durationMinutes, stepMinutes = 30 } = query
  const present = past ? span.start : Date.now()
  return { span, step: stepMinutes * MINUTE, length: durationMinutes * MINUTE, present }
}

function slotAt(start: number, length: number, clock: ZoneClock): Slots['slots'][number] {
  const zone = FixedOffsetZone.instance((clock.wallOf(start) - start) / MINUTE)
  return {
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + length).toISOString(),
    localStart: DateTime.fromMillis(start, { zone }).toISO({ suppressMilliseconds: true }) ?? '',
  }
}

function panelSlotFrom(
  { start, end, available, panel }: PanelSlot,
  seats: readonly Seat[],
  clock: ZoneClock,
): PanelSlots['slots'][number] {
  const roleOf = (kind: number) => seats[kind]?.role ?? 'interviewer'
  return {
    ...slotAt(start, end - start, clock),
    seats: available.map((free, kind) => ({ role: roleOf(kind), available: free.map(({ id }) => id) })),
    panel: panel.map(({ kind, id, score }) => ({ interviewerId: id, role: roleOf(kind), score: scoreFrom(score) })),
  }
}
