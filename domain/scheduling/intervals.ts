/**
 * A stretch of time, half-open: [start, end) in ms since 1970. Where a list of them is spoken of, they are in order and
 * neither overlap nor touch.
 */
export interface Interval {
  readonly start: number
  readonly end: number
}

/** A list that covers what these do, whatever their order. */
export function union(intervals: readonly Interval[]): Interval[] {
  const covered: { start: number; end: number }[] = []
  for (const { start, end } of inOrder(intervals)) {
    const last = covered.at(-1)
    if (end <= start) continue
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else covered.push({ start, end })
  }
  return covered
}

/** They mostly are: to copy and sort each list would take longer than what is done with it. */
function inOrder(intervals: readonly Interval[]): readonly Interval[] {
  let before = -Infinity
  for (const { start } of intervals) {
    if (start < before) return [...intervals].sort((one, other) => one.start - other.start)
    before = start
  }
  return intervals
}

/** What both lists cover. */
export function intersect(one: readonly Interval[], other: readonly Interval[]): Interval[] {
  const both: Interval[] = []
  let left = 0
  let right = 0
  for (;;) {
    const a = one[left]
    const b = other[right]
    if (!a || !b) return both
    const start = Math.max(a.start, b.start)
    const end = Math.min(a.end, b.end)
    if (start < end) both.push({ start, end })
    if (a.end < b.end) left += 1
    else right += 1
  }
}

/** What the first list covers and the second does not. */
export function subtract(from: readonly Interval[], taken: readonly Interval[]): Interval[] {
  const rest: Interval[] = []
  let next = 0
  for (const { start, end } of from) {
    let at = start
    while ((taken[next]?.end ?? Infinity) <= at) next += 1
    for (let index = next; at < end; index += 1) {
      const hole = taken[index]
      if (!hole || hole.start >= end) {
        rest.push({ start: at, end })
        break
      }
      if (hole.start > at) rest.push({ start: at, end: hole.start })
      at = hole.end
    }
  }
  return rest
}

/** How long a list is, in ms. */
export function lengthOf(intervals: readonly Interval[]): number {
  let sum = 0
  for (const { start, end } of intervals) sum += end - start
  return sum
}

/** Whether a list covers the whole of this one. */
export function covers(intervals: readonly Interval[], { start, end }: Interval): boolean {
  return intervals.some(interval => interval.start <= start && end <= interval.end)
}

export function overlaps(one: Interval, other: Interval): boolean {
  return one.start < other.end && other.start < one.end
}
