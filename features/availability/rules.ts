import { ValidationError } from '../../plugins/errors.ts'
import { WEEKDAYS, type Availability as Hours, type Window } from '../../domain/scheduling/availability.ts'
import type { AvailabilityChanges } from './schemas.ts'

/** An entry of a list that was sent: its place in it, the words that name it, and its bounds, which sort as text. */
interface Entry<Item> {
  readonly item: Item
  readonly list: string
  readonly place: number
  readonly words: string
  readonly from: string
  readonly to: string
}
type Meeting = (earlier: Entry<unknown>, later: Entry<unknown>) => boolean

/**
 * What was sent, each list in the order of time. Throws a ValidationError that names an entry that ends before it
 * starts, or that overlaps another: windows and travel may not, time off may.
 */
export function inOrder({ weekly, overrides, timeOff, travel }: AvailabilityChanges): Partial<Hours> {
  return {
    ...(weekly && { weekly: weekInOrder(weekly) }),
    ...(overrides && { overrides: overridesInOrder(overrides) }),
    ...(timeOff && { timeOff: timeOffInOrder(timeOff) }),
    ...(travel && { travel: travelInOrder(travel) }),
  }
}

function weekInOrder(weekly: Hours['weekly']): Hours['weekly'] {
  const entries = weekly.map((item, place) => {
    const { weekday, start, end } = item
    const day = WEEKDAYS.indexOf(weekday)
    const words = `${weekday} ${start}-${end}`
    return { item, list: '/weekly', place, words, from: `${day} ${start}`, to: `${day} ${end}` }
  })
  return windowsInOrder(entries)
}

function overridesInOrder(overrides: Hours['overrides']): Hours['overrides'] {
  const entries = overrides.map(({ date, windows }, place) => {
    const item = { date, windows: dayInOrder(windows, date, `/overrides/${place}/windows`) }
    return { item, list: '/overrides', place, words: `the override of ${date}`, from: date, to: date }
  })
  return rangesInOrder(entries, shareADay)
}

function dayInOrder(windows: readonly Window[], date: string, list: string): Window[] {
  const entries = windows.map((item, place) => {
    const { start, end } = item
    return { item, list, place, words: `${date} ${start}-${end}`, from: start, to: end }
  })
  return windowsInOrder(entries)
}

function timeOffInOrder(timeOff: NonNullable<AvailabilityChanges['timeOff']>): Hours['timeOff'] {
  const entries = timeOff.map(({ from, to, reason }, place) => {
    const item = { from, to, ...(reason && { reason }) } // null says none
    return { item, list: '/timeOff', place, words: `time off ${from} to ${to}`, from, to }
  })
  return rangesInOrder(entries, mayOverlap)
}

function travelInOrder(travel: Hours['travel']): Hours['travel'] {
  const entries = travel.map((item, place) => {
    const { from, to } = item
    return { item, list: '/travel', place, words: `travel ${from} to ${to}`, from, to }
  })
  return rangesInOrder(entries, shareADay)
}

const overlap: Meeting = (earlier, later) => later.from < earlier.to
const shareADay: Meeting = (earlier, later) => later.from <= earlier.to
const mayOverlap: Meeting = () => false

function windowsInOrder<Item>(entries: readonly Entry<Item>[]): Item[] {
  const empty = entries.find(({ from, to }) => from >= to)
  if (empty) throw refusal(empty, 'does not start before it ends')
  return apart(entries, overlap)
}

/** Puts ranges of dates in order, both ends included. */
function rangesInOrder<Item>(entries: readonly Entry<Item>[], meet: Meeting): Item[] {
  const backwards = entries.find(({ from, to }) => from > to)
  if (backwards) throw refusal(backwards, 'ends before it starts')
  return apart(entries, meet)
}

/** Sorts by time, so that entries that meet are neighbours. The one of the two that was sent later is refused. */
function apart<Item>(entries: readonly Entry<Item>[], meet: Meeting): Item[] {
  const ordered = [...entries].sort((one, other) => Number(one.from > other.from) - Number(one.from < other.from))
  for (const [index, later] of ordered.entries()) {
    const earlier = ordered[index - 1]
    if (!earlier || !meet(earlier, later)) continue
    const [first, second] = earlier.place < later.place ? [earlier, later] : [later, earlier]
    throw refusal(second, second.words === first.words ? 'is there twice' : `overlaps ${first.words}`)
  }
  return ordered.map(({ item }) => item)
}

function refusal({ item, list, place, words }: Entry<unknown>, what: string): ValidationError {
  return new ValidationError(`${list}/${place}`, item, `${words} ${what}`)
}
