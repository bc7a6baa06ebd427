/** RFC 3339 with any offset → the one form instants are stored, compared and answered in: UTC with milliseconds. */
export function instant(text: string): string {
  return new Date(text).toISOString()
}

/** An instant so many minutes later, or earlier when negative. Elapsed time, not wall time. */
export function addMinutes(at: string, minutes: number): string {
  return new Date(Date.parse(at) + minutes * 60_000).toISOString()
}

/** Elapsed minutes from one instant to another. */
export function minutesBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 60_000
}

/** How many characters an instant has in the one form that is stored. */
export const INSTANT_LENGTH = '2026-03-02T09:00:00.000Z'.length
const ZERO = '0'.charCodeAt(0)

/**
 * Reads stored instants out of longer texts, in ms since 1970: there may be thousands, too many for strings of their own.
 * One after the other is mostly of the same day, whose beginning is not worked out again.
 */
export function instantReader(): (text: string, at: number) => number {
  let [date, midnight] = [0, 0]
  return (text, at) => {
    const [year, month, day] = [
      numberAt(text, at, at + 4),
      numberAt(text, at + 5, at + 7),
      numberAt(text, at + 8, at + 10),
    ]
    const read = (year * 100 + month) * 100 + day
    if (read !== date) [date, midnight] = [read, Date.UTC(year, month - 1, day)]
    const minutes = numberAt(text, at + 11, at + 13) * 60 + numberAt(text, at + 14, at + 16)
    return midnight + (minutes * 60 + numberAt(text, at + 17, at + 19)) * 1000 + numberAt(text, at + 20, at + 23)
  }
}

/** The decimal number in text[from, to). */
export function numberAt(text: string, from: number, to: number): number {
  let number = 0
  for (let index = from; index < to; index += 1) number = number * 10 + text.charCodeAt(index) - ZERO
  return number
}
