import { DateTime, FixedOffsetZone } from 'luxon'
import type { Caller } from '../../plugins/auth.ts'
import { concurrencyLimit } from '../../plugins/concurrency-limit.ts'
import { ValidationError } from '../../plugins/errors.ts'
import { visibleTo } from '../../domain/accounts/visibility.ts'
import { inTurns } from '../../domain/turns.ts'
import type { CalendarRules } from '../../domain/panels/calendars.ts'
import type { Seat } from '../../domain/panels/schemas.ts'
import {
  assertSeats,
  scoreFrom,
  searchPanels,
  startsOf,
  type Calendars,
  type PanelSlot,
  type Times,
} from '../../domain/panels/search.ts'
import { availabilityRepository } from './repository.ts'
import type { PanelQuery, PanelSlots, SlotQuery, Slots } from './search-schemas.ts'

const LONGEST_SPAN_DAYS = 62
const MINUTE_MS = 60_000

/** One search may take a second; those who wait longer than a line of these takes do better to try again. */
const AT_ONCE = 2
const MOST_WAITING = 50
/** Nobody chooses from more; the seat says how many there are. */
const MOST_NAMED = 20

const limited = concurrencyLimit({ of: 'searches are running', atOnce: AT_ONCE, waiting: MOST_WAITING })

export const searchService = (calendars: Calendars) => ({
  /** When one interviewer is free. Nobody paused or inactive is, as they cannot be booked. */
  slots: async (viewer: Caller, id: string, query: SlotQuery): Promise<Slots> => {
    const { availability } = visibleTo(viewer, await availabilityRepository(calendars.sql).find(id))
    const times = timesOf(query, query.timezone ?? availability.timezone)
    const starts = await startsOf(calendars, id, times)
    return { slots: starts.slice(0, query.limit).map(slotsOf(times, calendars.rules)) }
  },

  /** When a whole panel can meet, and who should sit on it. */
  panels: async ({ id }: Caller, query: PanelQuery, signal: AbortSignal): Promise<PanelSlots> => {
    assertSeats(query.seats)
    return limited(() => panelsFor(calendars, query, signal), { key: id ?? undefined, signal })
  },
})

async function panelsFor(calendars: Calendars, query: PanelQuery, signal: AbortSignal): Promise<PanelSlots> {
  const { seats, candidateEmail, timezone = 'UTC', minNoticeMinutes = 0, limit = 50 } = query
  const times = timesOf(query, timezone)
  const notice = minNoticeMinutes * MINUTE_MS
  const panels = await searchPanels(calendars, { ...times, seats, candidateEmail, notice })
  const slotAt = slotsOf(times, calendars.rules)
  const slots = (await inTurns(panels.slots(limit), signal)).map(slot => ({
    ...slotAt(slot.start),
    ...panelOf(slot, seats),
  }))
  if (query.explain !== true) return { slots }
  const { people, relaxation } = await inTurns(panels.explain(), signal)
  return { slots, explain: people, ...(relaxation && { relaxation }) }
}

type Asked = 'from' | 'to' | 'durationMinutes' | 'stepMinutes' | 'minNoticeMinutes'

/** Throws a ValidationError for a span that is empty, or longer than 62 days. */
function timesOf(query: Pick<PanelQuery, Asked>, timezone: string): Required<Times> {
  const span = { start: Date.parse(query.from), end: Date.parse(query.to) }
  if (span.end <= span.start) throw new ValidationError('/to', query.to, 'comes after from')
  if (span.end - span.start > LONGEST_SPAN_DAYS * 24 * 60 * MINUTE_MS) {
    throw new ValidationError('/to', query.to, `is at most ${LONGEST_SPAN_DAYS} days after from`)
  }
  // Whoever asks for a time that is all over wants to record what took place.
  const past = span.end <= Date.now() && query.minNoticeMinutes === undefined
  const { durationMinutes, stepMinutes = 30 } = query
  const present = past ? span.start : Date.now()
  return { span, length: durationMinutes * MINUTE_MS, present, every: { step: stepMinutes * MINUTE_MS, timezone } }
}

/** Makes slots of their starts, with the local time of the zone that was asked for. */
function slotsOf({ span, length, every }: Required<Times>, { zones }: CalendarRules) {
  const clock = zones.clock(every.timezone, span.start, span.end)
  return (start: number): Slots['slots'][number] => {
    const zone = FixedOffsetZone.instance((clock.wallOf(start) - start) / MINUTE_MS)
    return {
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + length).toISOString(),
      localStart: DateTime.fromMillis(start, { zone }).toISO({ suppressMilliseconds: true }) ?? '',
    }
  }
}

function panelOf({ available, panel }: PanelSlot, seats: readonly Seat[]) {
  const roleOf = (kind: number) => seats[kind]?.role ?? 'interviewer'
  return {
    seats: available.map((free, kind) => ({
      role: roleOf(kind),
      available: free.slice(0, MOST_NAMED).map(({ id }) => id),
      count: free.length,
    })),
    panel: panel.map(({ kind, id, score }) => ({ interviewerId: id, role: roleOf(kind), score: scoreFrom(score) })),
  }
}
