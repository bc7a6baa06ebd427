import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inOrder } from '../../features/availability/rules.ts'
import { minutesOf, WEEKDAYS } from '../../domain/scheduling/availability.ts'

const refusedAt = (path: string, message: string): unknown => expect.objectContaining({ field: path, message })

describe('the rules of availability', () => {
  it('say nothing of lists that were not sent, and nothing against empty ones', () => {
    expect(inOrder({})).toEqual({})
    const nothing = { weekly: [], overrides: [], timeOff: [], travel: [] }
    expect(inOrder(nothing)).toEqual(nothing)
  })

  it('leave what was sent as it was', () => {
    const weekly = [
      { weekday: 'tuesday', start: '09:00', end: '10:00' },
      { weekday: 'monday', start: '09:00', end: '10:00' },
    ] as const
    expect(inOrder({ weekly }).weekly).toEqual([weekly[1], weekly[0]])
    expect(weekly[0].weekday).toBe('tuesday')
  })

  it('of two that overlap refuse the one that was sent later, though it comes earlier in the week', () => {
    const weekly = [
      { weekday: 'monday', start: '11:00', end: '13:00' },
      { weekday: 'sunday', start: '11:00', end: '13:00' },
      { weekday: 'monday', start: '09:00', end: '12:00' },
    ] as const
    const refused = refusedAt('/weekly/2', 'monday 09:00-12:00 overlaps monday 11:00-13:00')
    expect(() => inOrder({ weekly })).toThrow(refused)
  })

  it('find an overlap exactly when some minute of a week is in two windows, and bring the rest in order', () => {
    const time = (minutes: number) =>
      `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
    const window = fc
      .tuple(fc.constantFrom(...WEEKDAYS.slice(0, 3)), fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 24 }))
      .map(([weekday, quarter, length]) => ({
        weekday,
        start: time(quarter * 15),
        end: time(Math.min(quarter + length, 96) * 15),
      }))
    const places = ({ weekday, start, end }: { weekday: string; start: string; end: string }) =>
      Array.from(
        { length: (minutesOf(end) - minutesOf(start)) / 15 },
        (_, n) => `${weekday} ${minutesOf(start) + n * 15}`,
      )
    const property = fc.property(fc.array(window, { maxLength: 6 }), weekly => {
      const taken = weekly.flatMap(places)
      if (new Set(taken).size < taken.length) {
        expect(() => inOrder({ weekly })).toThrow(/overlaps|twice/)
        return
      }
      const key = ({ weekday, start }: (typeof weekly)[number]) => WEEKDAYS.indexOf(weekday) * 1440 + minutesOf(start)
      expect(inOrder({ weekly }).weekly).toEqual([...weekly].sort((one, other) => key(one) - key(other)))
    })
    fc.assert(property, { numRuns: 300 })
  })
})
