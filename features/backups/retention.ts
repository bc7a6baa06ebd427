import { DateTime } from 'luxon'
import { kindOf, timeOf } from './names.ts'

/** So many of those that were made by hand are kept, the newest. */
const MANUAL_KEPT = 30

/** The latest days, weeks and months that have backups keep the newest of each. */
const RULES = [
  { keep: 7, period: 'yyyy-MM-dd' },
  { keep: 4, period: "kkkk-'W'WW" }, // ISO 8601: weeks begin on Monday
  { keep: 6, period: 'yyyy-MM' },
] as const

/** Which of these instants (RFC 3339) to keep backups of; days are those of UTC. Always the newest among them. */
export function keptOf(instants: readonly string[]): Set<string> {
  const newestFirst = [...instants].sort().reverse()
  return new Set(RULES.flatMap(({ keep, period }) => newestOfEach(newestFirst, period).slice(0, keep)))
}

function newestOfEach(newestFirst: readonly string[], period: string): string[] {
  const newest = new Map<string, string>()
  for (const instant of newestFirst) {
    const name = DateTime.fromISO(instant, { zone: 'utc' }).toFormat(period)
    if (!newest.has(name)) newest.set(name, instant)
  }
  return [...newest.values()]
}

/** Which of these backups, by their names, are no longer kept. The two kinds count apart. */
export function outlived(names: readonly string[]): string[] {
  const newestFirst = [...names].sort().reverse()
  const scheduled = newestFirst.filter(name => kindOf(name) === 'scheduled')
  const manual = newestFirst.filter(name => kindOf(name) === 'manual')
  const kept = keptOf(scheduled.map(timeOf))
  return [...scheduled.filter(name => !kept.has(timeOf(name))), ...manual.slice(MANUAL_KEPT)]
}
