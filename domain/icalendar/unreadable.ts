/** A calendar that cannot be read, or not with a reasonable amount of work. `reason` is a sentence for people. */
export class UnreadableCalendar extends Error {
  override readonly name = 'UnreadableCalendar'
  readonly reason: string

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.reason = reason
  }
}

/** What the reading does; whatever is thrown in it means that the calendar is not what it should be. */
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

/** How much work one calendar may still cause. Counted, not timed: a busy machine refuses no calendar. */
export class Steps {
  #left = STEPS

  take(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new UnreadableCalendar('The calendar repeats its events too often to be worked out.')
  }
}
