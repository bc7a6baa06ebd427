import type { Interval } from '../../../../domain/scheduling/intervals.ts'
import { busyTimes, type Owner } from '../../../../domain/icalendar/reading.ts'

/** A calendar with these lines in it. */
export function calendar(...lines: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n')
}

/** An event with these lines in it. */
export function event(...lines: readonly string[]): string {
  return ['BEGIN:VEVENT', 'UID:one@test', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'].join('\r\n')
}

/** The busy times as people write them, `2026-03-02T09:00Z/2026-03-02T10:00Z`. */
export function busy(text: string, owner: Omit<Owner, 'from' | 'to'> & { from: string; to: string }): string[] {
  const span = { from: Date.parse(owner.from), to: Date.parse(owner.to) }
  return shown(busyTimes(text, { timezone: owner.timezone, ...span }))
}

export function shown(intervals: readonly Interval[]): string[] {
  const minute = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`
  return intervals.map(({ start, end }) => `${minute(start)}/${minute(end)}`)
}
