import { WEEKDAYS, type Weekday } from '../../plugins/config/weekdays.ts'

export { WEEKDAYS, type Weekday }

/** The hours somebody can give, as they said it: all of it in their local wall time. */

/** `HH:MM`; 24:00 is the end of a day. Windows of one day neither overlap nor cross midnight. */
export interface Window {
  readonly start: string
  readonly end: string
}

/** Dates are local ones, `YYYY-MM-DD`; of a range both ends count. */
export interface Availability {
  readonly weekly: readonly (Window & { readonly weekday: Weekday })[]
  /** Each replaces the windows of its whole day; without any windows the day is off. */
  readonly overrides: readonly { readonly date: string; readonly windows: readonly Window[] }[]
  readonly timeOff: readonly { readonly from: string; readonly to: string; readonly reason?: string }[]
  /** The zone of these dates in place of the person's own. */
  readonly travel: readonly { readonly from: string; readonly to: string; readonly timezone: string }[]
}

/** The hours of somebody who has not set any: Monday to Friday, 09:00 to 17:00. */
export const DEFAULT_AVAILABILITY: Availability = {
  weekly: WEEKDAYS.slice(0, 5).map(weekday => ({ weekday, start: '09:00', end: '17:00' })),
  overrides: [],
  timeOff: [],
  travel: [],
}

/** Minutes since midnight of `HH:MM`. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}
