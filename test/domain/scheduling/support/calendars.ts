import { DEFAULT_AVAILABILITY, WEEKDAYS } from '../../../../domain/scheduling/availability.ts'
import type { Calendar, Interview } from '../../../../domain/scheduling/calendar.ts'
import { Past, Pool } from '../../../../domain/scheduling/fairness.ts'
import type { Rule, Span } from '../../../../domain/scheduling/free-time.ts'
import { Zones } from '../../../../domain/scheduling/zones.ts'

const MINUTE = 60_000

/** Somebody in UTC with the usual hours and nothing else to them. */
export function calendarOf(more: Partial<Calendar> = {}): Calendar {
  return {
    id: 'a',
    name: 'Ada Lovelace',
    timezone: 'UTC',
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    maxPerDay: null,
    maxPerWeek: null,
    weight: 100,
    joinedAt: Date.parse('2020-01-01'),
    availability: DEFAULT_AVAILABILITY,
    interviews: [],
    imported: [],
    ...more,
  }
}

/** The people who share the interviews of one kind. */
export function poolOf(calendars: readonly Calendar[]): Pool {
  return new Pool(calendars.map(calendar => new Past(calendar)))
}

let booked = 0

/** An hour from an instant on, or as long as is said; buffers in minutes. */
export function interviewAt(start: number | string, { minutes = 60, before = 0, after = 0 } = {}): Interview {
  const startsAt = typeof start === 'string' ? Date.parse(start) : start
  booked += 1
  return {
    eventId: `event-${booked}`,
    startsAt,
    claim: { start: startsAt - before * MINUTE, end: startsAt + (minutes + after) * MINUTE },
  }
}

/** A span of days, `YYYY-MM-DD`, of which the second is no longer part; nobody asks for notice. */
export function spanOf(from: string, to: string, more: Partial<Span> = {}): Span {
  return {
    start: Date.parse(from),
    end: Date.parse(to),
    notBefore: 0,
    present: 0,
    weekStartsOn: 'monday',
    zones: new Zones(),
    ...more,
  }
}

/** The same person as if there were no such rule. Notice is a matter of the span. */
export function without(rule: Rule, calendar: Calendar): Calendar {
  const { availability } = calendar
  const changes: Record<Rule, Partial<Calendar>> = {
    hours: {
      availability: { ...availability, weekly: WEEKDAYS.map(weekday => ({ weekday, start: '00:00', end: '24:00' })) },
    },
    override: { availability: { ...availability, overrides: [] } },
    timeOff: { availability: { ...availability, timeOff: [] } },
    claims: { interviews: [] },
    imported: { imported: [] },
    dayLimit: { maxPerDay: null },
    weekLimit: { maxPerWeek: null },
    buffer: { bufferBeforeMinutes: 0, bufferAfterMinutes: 0 },
    notice: {},
  }
  return { ...calendar, ...changes[rule] }
}

export function withoutNotice(rule: Rule, span: Span): Span {
  return rule === 'notice' ? { ...span, notBefore: span.present } : span
}
