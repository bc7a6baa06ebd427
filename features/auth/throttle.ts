import type { Failures } from './repository.ts'

/** Failures older than this are forgotten. */
export const WINDOW_MS = 15 * 60 * 1000
/** A network from which an account was signed in to is known to it for this long. */
export const KNOWN_MS = 30 * 24 * 60 * 60 * 1000
/** So many failures of an account cost its network nothing … */
const FREE_FAILURES = 5
/**
 * … and so many of all networks cost one that the account does not know nothing. One network cannot bring about more than
 * 25 within the window, so it takes several to slow down the owner where they have never been before.
 */
const FREE_FAILURES_ANYWHERE = 100
const FIRST_DELAY_MS = 5_000
const LONGEST_DELAY_MS = 60_000

/**
 * How many whole seconds somebody must wait before the next attempt counts: nothing for the first four failures, 5 s after
 * the fifth, then twice as long each time, and never more than a minute. Failures count for the network that they came
 * from; only from where the account has never been used do those from elsewhere count as well.
 */
export function secondsToWait({ here, anywhere }: Failures, known: boolean, now: string): number {
  return Math.max(
    secondsAfter(here, FREE_FAILURES, now),
    known ? 0 : secondsAfter(anywhere, FREE_FAILURES_ANYWHERE, now),
  )
}

function secondsAfter({ count, lastAt }: Failures['here'], free: number, now: string): number {
  if (count < free || lastAt === null) return 0
  const delay = Math.min(FIRST_DELAY_MS * 2 ** Math.min(count - free, 10), LONGEST_DELAY_MS)
  return Math.max(0, Math.ceil((Date.parse(lastAt) + delay - Date.parse(now)) / 1000))
}
