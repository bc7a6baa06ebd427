import type { Failures } from './repository.ts'

/** Failures older than this are forgotten. */
export const WINDOW_MS = 15 * 60 * 1000
const FREE_FAILURES = 5
const FIRST_DELAY_MS = 5_000
const LONGEST_DELAY_MS = 60_000

/**
 * How many whole seconds somebody must wait after these failures before the next attempt counts: nothing for the first
 * four, 5 s after the fifth, then twice as long each time, and never more than a minute, so that an outsider can slow
 * an account down but not lock its owner out.
 */
export function secondsToWait({ failures, lastFailedAt }: Failures, now: string): number {
  if (failures < FREE_FAILURES || lastFailedAt === null) return 0
  const delay = Math.min(FIRST_DELAY_MS * 2 ** Math.min(failures - FREE_FAILURES, 10), LONGEST_DELAY_MS)
  return Math.max(0, Math.ceil((Date.parse(lastFailedAt) + delay - Date.parse(now)) / 1000))
}
