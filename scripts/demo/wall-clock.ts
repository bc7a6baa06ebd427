const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const formats = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, number>()

/**
 * The instant, in ms, at which clocks in `zone` show so many minutes after 00:00 of a day, which is given as the ms of
 * its 00:00 in UTC. For the hours people work at: what clocks skip or repeat at night is not told apart.
 */
export function instantAt(zone: string, day: number, minutes: number): number {
  const wall = day + minutes * MINUTE_MS
  const guess = wall - offsetAt(zone, wall)
  return wall - offsetAt(zone, guess)
}

/** What clocks in `zone` show at an instant: the day, as the ms of its 00:00 in UTC, and the minutes since. */
export function wallTimeAt(zone: string, instant: number): { day: number; minutes: number } {
  const wall = instant + offsetAt(zone, instant)
  const day = Math.floor(wall / (24 * HOUR_MS)) * 24 * HOUR_MS
  return { day, minutes: (wall - day) / MINUTE_MS }
}

/** How far a zone is ahead of UTC, in ms. Asked once for each hour, as offsets change on the hour. */
function offsetAt(zone: string, instant: number): number {
  const hour = Math.floor(instant / HOUR_MS) * HOUR_MS
  const key = `${zone} ${hour}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  const name = formatOf(zone)
    .formatToParts(hour)
    .find(({ type }) => type === 'timeZoneName')?.value
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '') ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS * (sign === '-' ? -1 : 1)
  offsets.set(key, offset)
  return offset
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone) ?? new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
  formats.set(zone, known)
  return known
}
