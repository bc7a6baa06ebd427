import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Grid, includes } from '../../../domain/scheduling/grid.ts'
import {
  covers,
  intersect,
  lengthOf,
  overlaps,
  subtract,
  union,
  type Interval,
} from '../../../domain/scheduling/intervals.ts'

/** The line that all of this happens on: so many points, each either covered or not. */
const POINTS = 24

const point = fc.integer({ min: 0, max: POINTS })
/** Empty and reversed ones too. */
const any = fc.array(
  fc.record({ start: point, end: point }).map(({ start, end }): Interval => ({ start, end })),
  { maxLength: 6 },
)
/** Every list there is, straight from which points it covers. */
const list = fc.array(fc.boolean(), { minLength: POINTS, maxLength: POINTS }).map(listOf)

function pointsOf(intervals: readonly Interval[]): boolean[] {
  return Array.from({ length: POINTS }, (_, at) => intervals.some(({ start, end }) => start <= at && at < end))
}

/** The one list that covers these points: in order, and what touches is one. */
function listOf(points: readonly boolean[]): Interval[] {
  const found: Interval[] = []
  for (const [start, covered] of points.entries()) {
    if (!covered || points[start - 1]) continue
    const end = points.indexOf(false, start)
    found.push({ start, end: end === -1 ? points.length : end })
  }
  return found
}

describe('lists of intervals, against a line of points', () => {
  it('unite whatever the order, joining what overlaps or touches and forgetting what is empty', () => {
    const property = fc.property(any, intervals => {
      const before = structuredClone(intervals)
      expect(union(intervals)).toEqual(listOf(pointsOf(intervals)))
      expect(intervals).toEqual(before)
    })
    fc.assert(property, { numRuns: 600 })
  })

  it('intersect', () => {
    const property = fc.property(list, list, (one, other) => {
      const [first, second] = [pointsOf(one), pointsOf(other)]
      expect(intersect(one, other)).toEqual(listOf(first.map((covered, at) => covered && second[at] === true)))
      expect(intersect(other, one)).toEqual(intersect(one, other))
    })
    fc.assert(property, { numRuns: 600 })
  })

  it('subtract', () => {
    const property = fc.property(list, list, (from, taken) => {
      const [first, second] = [pointsOf(from), pointsOf(taken)]
      expect(subtract(from, taken)).toEqual(listOf(first.map((covered, at) => covered && !second[at])))
    })
    fc.assert(property, { numRuns: 600 })
  })

  it('fall into what is taken and what is left, with nothing lost', () => {
    const property = fc.property(list, list, (from, taken) => {
      const [left, lost] = [subtract(from, taken), intersect(from, taken)]
      expect(union([...left, ...lost])).toEqual(from)
      expect(intersect(left, lost)).toEqual([])
      expect(lengthOf(left) + lengthOf(lost)).toBe(pointsOf(from).filter(Boolean).length)
    })
    fc.assert(property, { numRuns: 600 })
  })

  it('cover an interval exactly when every point of it is covered, and overlap when a point is shared', () => {
    const interval = fc
      .tuple(point, point)
      .filter(([one, other]) => one !== other)
      .map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) }))
    const property = fc.property(list, interval, interval, (intervals, one, other) => {
      const points = pointsOf(intervals)
      expect(covers(intervals, one)).toBe(pointsOf([one]).every((inside, at) => !inside || points[at]))
      const [first, second] = [pointsOf([one]), pointsOf([other])]
      expect(overlaps(one, other)).toBe(first.some((covered, at) => covered && second[at]))
      expect(overlaps(other, one)).toBe(overlaps(one, other))
    })
    fc.assert(property, { numRuns: 600 })
  })

  it('become ranges of a grid that hold just the instants inside', () => {
    const instants = fc.uniqueArray(point, { maxLength: 12 }).map(some => some.sort((one, other) => one - other))
    const property = fc.property(list, instants, point, (intervals, some, at) => {
      const grid = new Grid(some)
      const ranges = grid.ranges(intervals)
      const points = pointsOf(intervals)
      const inside = some.map((_, index) => includes(ranges, index))
      expect(inside).toEqual(some.map(instant => points[instant] === true))
      expect(ranges.every(({ start, end }) => start < end)).toBe(true)
      expect(grid.before(at)).toBe(some.filter(instant => instant < at).length)
    })
    fc.assert(property, { numRuns: 600 })
  })
})
