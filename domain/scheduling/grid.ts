import type { Interval } from './intervals.ts'
import type { ZoneClock } from './zones.ts'

/**
 * The instants of a span at which an interview may start: those at which a clock shows a multiple of the step past
 * midnight. So they do not depend on where the span begins, none is in a gap of the clock, and none comes twice. The
 * last is that at which an interview of this length still ends in time. Step and length in ms.
 */
export function gridOf(clock: ZoneClock, step: number, length: number, { start, end }: Interval): Grid {
  return new Grid(clock.multiplesOf(step, start, end - length + 1))
}

/** Instants in their order, by index. */
export class Grid {
  readonly instants: readonly number[]

  constructor(instants: readonly number[]) {
    this.instants = instants
  }

  /** How many instants are before this one: the index of the first that is not. */
  before(at: number): number {
    const { instants } = this
    const { length, 0: first = 0, [length - 1]: last = first } = instants
    // They are a step apart but where a clock changes: a guess is a few steps off at most.
    const guess = last > first ? Math.round(((at - first) / (last - first)) * (length - 1)) : 0
    let index = Math.min(Math.max(guess, 0), length)
    while (index > 0 && (instants[index - 1] ?? -Infinity) >= at) index -= 1
    while (index < length && (instants[index] ?? Infinity) < at) index += 1
    return index
  }

  /** The instants in these intervals, as ranges of their indexes; a list as in intervals.ts. */
  ranges(intervals: readonly Interval[]): Interval[] {
    const ranges: Interval[] = []
    for (const interval of intervals) {
      const [start, end] = [this.before(interval.start), this.before(interval.end)]
      if (start < end) ranges.push({ start, end })
    }
    return ranges
  }
}

/** Whether an index is in one of the ranges. */
export function includes(ranges: readonly Interval[], index: number): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges[middle]?.end ?? Infinity) <= index) low = middle + 1
    else high = middle
  }
  return (ranges[low]?.start ?? Infinity) <= index
}
