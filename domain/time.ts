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
