import type { Place } from '../../../../domain/scheduling/matching.ts'

/** Who can sit where, by trying everything: the reference for matching. Kinds are the bits of a number. */

/** Whether all seats can be filled, each with a different person who can take it. */
export function panelExists(seats: readonly number[], kindsOf: readonly number[], from = 0): boolean {
  const wanted = seats.reduce((sum, count) => sum + count, 0)
  if (wanted === 0) return true
  if (kindsOf.length - from < wanted) return false
  const kinds = kindsOf[from] ?? 0
  for (const [kind, count] of seats.entries()) {
    if (count === 0 || !(kinds & (1 << kind))) continue
    if (panelExists(seats.with(kind, count - 1), kindsOf, from + 1)) return true
  }
  return panelExists(seats, kindsOf, from + 1)
}

/** The first of these places that some whole panel contains, with what was taken before, and so on until all are filled. */
export function slowlySeated(seats: readonly number[], kindsOf: readonly number[], order: readonly Place[]): Place[] {
  const best = order.find(
    ({ kind, person }) =>
      (kindsOf[person] ?? 0) & (1 << kind) &&
      (seats[kind] ?? 0) > 0 &&
      panelExists(seats.with(kind, (seats[kind] ?? 0) - 1), kindsOf.with(person, 0)),
  )
  if (!best) return []
  const left = seats.with(best.kind, (seats[best.kind] ?? 0) - 1)
  return [best, ...slowlySeated(left, kindsOf.with(best.person, 0), order)]
}
