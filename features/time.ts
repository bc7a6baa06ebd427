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

/** The stored instant at this place of a longer text, in ms since 1970: there may be thousands, too many for strings of their own. */
export function instantAt(text: string, at: number): number {
  return Date.UTC(
    numberAt(text, at, at + 4),
    numberAt(text, at + 5, at + 7) - 1,
    numberAt(text, at + 8, at + 10),
    numberAt(text, at + 11, at + 13),
    numberAt(text, at + 14, at + 16),
    numberAt(text, at + 17, at + 19),
    numberAt(text, at + 20, at + 23),
  )
}

/** The decimal number in text[from, to). */
export function numberAt(text: string, from: number, to: number): number {
  let number = 0
  for (let index = from; index < to; index += 1) number = number * 10 + text.charCodeAt(index) - ZERO
  return number
}
