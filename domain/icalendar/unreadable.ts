/** A calendar that cannot be read, or not with a reasonable amount of work. `reason` is a sentence for people. */
export class UnreadableCalendar extends Error {
  override readonly name = 'UnreadableCalendar'
  readonly reason: string

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.reason = reason
  }
}

/** Runs the reading of a calendar, in which every error means that the calendar is broken. */
export function reading<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof UnreadableCalendar) throw error
    throw new UnreadableCalendar('The calendar is broken: it does not follow the iCalendar format.', { cause: error })
  }
}

/** A step takes a few µs at most, all of them together less than a second. */
const STEPS = 200_000

/** The work that one calendar may still cause. It is counted, not timed, so that a busy machine refuses no calendar. */
export class Steps {
  #left = STEPS

  take(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new UnreadableCalendar('The calendar repeats its events too often to be expanded.')
  }
}
