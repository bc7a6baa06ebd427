import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Balance, MOST_KINDS, seatBest, type Choice, type Place } from '../../../domain/scheduling/matching.ts'
import { panelExists, slowlySeated } from './support/panels.ts'

/** Seats of up to four kinds, up to seven people, and all places in the order in which they should be given. */
const situation = fc.integer({ min: 1, max: 4 }).chain(kinds =>
  fc
    .record({
      seats: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: kinds, maxLength: kinds }),
      kindsOf: fc.array(fc.integer({ min: 0, max: (1 << kinds) - 1 }), { maxLength: 7 }),
    })
    .chain(({ seats, kindsOf }) => {
      const places = kindsOf.flatMap((able, person) =>
        seats.flatMap((_, kind): Place[] => (able & (1 << kind) ? [{ kind, person }] : [])),
      )
      const order = fc.shuffledSubarray(places, { minLength: places.length })
      return fc.record({ seats: fc.constant(seats), kindsOf: fc.constant(kindsOf), order })
    }),
)

/** Mostly such that there is a panel, and yet nearly not: a seat or two for everybody. */
const tight = situation.filter(({ seats, kindsOf }) => panelExists(seats, kindsOf))

function choiceOf({ seats, kindsOf, order }: { seats: number[]; kindsOf: number[]; order: Place[] }): Choice<Place> {
  const rank = ({ kind, person }: Place) => order.findIndex(place => place.kind === kind && place.person === person)
  return {
    seats,
    kindsOf,
    ranked: seats.map((_, wanted) => order.filter(({ kind }) => kind === wanted)),
    isBefore: (one, other) => rank(one) < rank(other),
  }
}

function canBeMet(seats: readonly number[], kindsOf: readonly number[]): boolean {
  const balance = new Balance(seats)
  for (const kinds of kindsOf) balance.addPeople(kinds, 1)
  return balance.hasPanel()
}

describe('whether there is a panel', () => {
  it('is known exactly, as by trying everything', () => {
    let [there, not] = [0, 0]
    const property = fc.property(situation, ({ seats, kindsOf }) => {
      const expected = panelExists(seats, kindsOf)
      if (expected) there += 1
      else not += 1
      expect(canBeMet(seats, kindsOf)).toBe(expected)
    })
    fc.assert(property, { numRuns: 3_000 })
    // Neither answer is rare, or this would say little.
    expect(there).toBeGreaterThan(200)
    expect(not).toBeGreaterThan(200)
  })

  it('is the same when people of the same kinds are counted together, and people of no kind change nothing', () => {
    const property = fc.property(situation, ({ seats, kindsOf }) => {
      const balance = new Balance(seats)
      for (const kinds of new Set(kindsOf)) balance.addPeople(kinds, kindsOf.filter(other => other === kinds).length)
      const together = balance.hasPanel()
      expect(together).toBe(canBeMet(seats, kindsOf))
      expect(canBeMet(seats, [...kindsOf, 0])).toBe(together)
    })
    fc.assert(property, { numRuns: 1_000 })
  })

  it('is found with as many kinds as a search may have', () => {
    const seats = Array.from({ length: MOST_KINDS }, () => 1)
    const chain = seats.map((_, kind) => (1 << kind) | (1 << ((kind + 1) % MOST_KINDS)))
    expect(canBeMet(seats, chain)).toBe(true)
    expect(canBeMet(seats, chain.with(0, 0))).toBe(false)
    expect(canBeMet([0, 0], [])).toBe(true)
  })
})

describe('who is seated', () => {
  it('is a legal panel whenever there is one, and nobody when there is none', () => {
    const property = fc.property(situation, drawn => {
      const { seats, kindsOf } = drawn
      const places = seatBest(choiceOf(drawn))
      if (!panelExists(seats, kindsOf)) {
        expect(places).toBeUndefined()
        return
      }
      expect(seats.map((_, kind) => places?.filter(place => place.kind === kind).length)).toEqual(seats)
      expect(new Set(places?.map(({ person }) => person)).size).toBe(places?.length)
      expect(places?.every(({ kind, person }) => (kindsOf[person] ?? 0) & (1 << kind))).toBe(true)
    })
    fc.assert(property, { numRuns: 1_500 })
  })

  it('is each time the best place with which a whole panel can still be had, as by trying everything', () => {
    const property = fc.property(tight, drawn => {
      const { seats, kindsOf, order } = drawn
      expect(seatBest(choiceOf(drawn))).toEqual(slowlySeated(seats, kindsOf, order))
    })
    fc.assert(property, { numRuns: 1_500 })
  })

  it('leaves what it was given as it was', () => {
    const choice = choiceOf({ seats: [1], kindsOf: [1, 1], order: [1, 0].map(person => ({ kind: 0, person })) })
    const before = structuredClone({ ...choice, isBefore: null })
    expect(seatBest(choice)).toEqual([{ kind: 0, person: 1 }])
    expect({ ...choice, isBefore: null }).toEqual(before)
  })

  it('finds two of one pool and one of another where a greedy pick fails, though one person is in both', () => {
    // Ada is in both pools and comes first in the first; the second has nobody else.
    const [ada, grace, edsger] = [0, 1, 2]
    const kindsOf = [0b11, 0b01, 0b01]
    const order = [
      { kind: 0, person: ada },
      { kind: 0, person: grace },
      { kind: 0, person: edsger },
      { kind: 1, person: ada },
    ]
    expect(canBeMet([2, 1], kindsOf)).toBe(true)
    expect(seatBest(choiceOf({ seats: [2, 1], kindsOf, order }))).toEqual([
      { kind: 0, person: grace },
      { kind: 0, person: edsger },
      { kind: 1, person: ada },
    ])
    expect(seatBest(choiceOf({ seats: [3, 1], kindsOf, order }))).toBeUndefined()
  })
})
