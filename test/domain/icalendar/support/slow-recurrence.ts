// What a rule of recurrence means (RFC 5545 §3.3.10), by asking of every single day whether it belongs. Slow and plain.
export const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const
const DAY = 86_400_000

export interface RuleParts {
  freq: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY'
  interval: number
  /** `MO`, `2MO`, `-1FR` */
  byday?: string[]
  bymonthday?: number[]
  bymonth?: number[]
  bysetpos?: number[]
  wkst?: (typeof DAYS)[number]
}

export function written(rule: RuleParts): string {
  const { freq, interval, byday, bymonthday, bymonth, bysetpos, wkst } = rule
  const parts = [`FREQ=${freq}`, `INTERVAL=${interval}`]
  if (bymonth) parts.push(`BYMONTH=${bymonth.join(',')}`)
  if (bymonthday) parts.push(`BYMONTHDAY=${bymonthday.join(',')}`)
  if (byday) parts.push(`BYDAY=${byday.join(',')}`)
  if (bysetpos) parts.push(`BYSETPOS=${bysetpos.join(',')}`)
  if (wkst) parts.push(`WKST=${wkst}`)
  return parts.join(';')
}

/** The days from `start` to before `end`, as midnights in UTC. */
export function slowDays(rule: RuleParts, start: number, end: number): number[] {
  const periods = new Map<number, number[]>()
  // Whole periods: a place in one counts the days before the start and after the end too.
  for (let day = start - 366 * DAY; day < end + 366 * DAY; day += DAY) {
    const period = periodOf(rule, day) - periodOf(rule, start)
    if (period < 0 || period % rule.interval !== 0 || !belongs(rule, day, start)) continue
    periods.set(period, [...(periods.get(period) ?? []), day])
  }
  const days = [...periods.values()].flatMap(set =>
    rule.bysetpos ? set.filter((_, at) => rule.bysetpos?.some(pos => pos === at + 1 || pos === at - set.length)) : set,
  )
  return days.filter(day => start <= day && day < end)
}

function periodOf({ freq, wkst = 'MO' }: RuleParts, day: number): number {
  const date = new Date(day)
  if (freq === 'YEARLY') return date.getUTCFullYear()
  if (freq === 'MONTHLY') return date.getUTCFullYear() * 12 + date.getUTCMonth()
  // 1970-01-04 was a Sunday.
  if (freq === 'WEEKLY') return Math.floor((day / DAY - 3 - DAYS.indexOf(wkst)) / 7)
  return day / DAY
}

function belongs(rule: RuleParts, day: number, start: number): boolean {
  const { freq, byday, bymonthday, bymonth } = rule
  const [date, first] = [new Date(day), new Date(start)]
  const monthDay = date.getUTCDate()
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  if (bymonth && !bymonth.includes(date.getUTCMonth() + 1)) return false
  if (bymonthday && !bymonthday.includes(monthDay) && !bymonthday.includes(monthDay - length - 1)) return false
  if (byday && !byday.some(one => isThat(one, date, freq === 'YEARLY' && !bymonth))) return false
  if (byday ?? bymonthday) return true
  if (freq === 'WEEKLY') return date.getUTCDay() === first.getUTCDay()
  if (freq === 'DAILY') return true
  if (monthDay !== first.getUTCDate()) return false
  return freq === 'MONTHLY' || bymonth !== undefined || date.getUTCMonth() === first.getUTCMonth()
}

function isThat(byday: string, date: Date, ofTheYear: boolean): boolean {
  if (DAYS[date.getUTCDay()] !== byday.slice(-2)) return false
  const place = Number(byday.slice(0, -2))
  if (place === 0) return true
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  const begin = ofTheYear ? Date.UTC(year, 0, 1) : Date.UTC(year, month, 1)
  const end = ofTheYear ? Date.UTC(year + 1, 0, 1) : Date.UTC(year, month + 1, 1)
  const forward = Math.floor((date.getTime() - begin) / DAY / 7) + 1
  const backward = -(Math.floor((end - DAY - date.getTime()) / DAY / 7) + 1)
  return place === forward || place === backward
}
