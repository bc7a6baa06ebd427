import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Id, Instant, Line, Nullable, OneOf, TimeZone, Version } from '../../domain/lists/fields.ts'
import { WEEKDAYS } from '../../domain/scheduling/availability.ts'

const strict = { additionalProperties: false }
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d'
/** Years that every database and calendar can hold; whether the month has that day is asked by the format. */
const DATE = '^(?:19[7-9]\\d|[2-8]\\d{3}|9[0-8]\\d{2}|99[0-8]\\d|9990)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])$'

const Start = Type.String({ maxLength: 5, pattern: `^${TIME}$`, examples: ['09:00'] })
const End = Type.String({
  maxLength: 5,
  pattern: `^(?:${TIME}|24:00)$`,
  description: '24:00 is the end of the day',
  examples: ['17:00'],
})
const LocalDate = Type.String({ format: 'date', maxLength: 10, pattern: DATE, examples: ['2026-03-09'] })
const Reason = Line(200, { examples: ['holiday'] })

const Listed = <Item extends TSchema>(item: Item, maxItems: number, description: string) =>
  Type.Unsafe<readonly Static<Item>[]>(Type.Array(item, { maxItems, description }))

const Range = { from: LocalDate, to: LocalDate }
const TimeOff = Type.Object({ ...Range, reason: Type.Optional(Reason) }, strict)
const NewTimeOff = Type.Object({ ...Range, reason: Type.Optional(Nullable(Reason)) }, strict)
const timeOff = <Item extends TSchema>(item: Item) => Listed(item, 200, 'Days off; both ends count')

const HOURS = {
  weekly: Listed(
    Type.Object({ weekday: OneOf(WEEKDAYS), start: Start, end: End }, strict),
    70,
    'The hours of every week; windows of one day may touch but not overlap',
  ),
  overrides: Listed(
    Type.Object(
      {
        date: LocalDate,
        windows: Listed(Type.Object({ start: Start, end: End }, strict), 12, 'Without any, the day is off'),
      },
      strict,
    ),
    366,
    'Each replaces its whole day; a day has at most one',
  ),
  timeOff: timeOff(TimeOff),
  travel: Listed(
    Type.Object({ ...Range, timezone: TimeZone }, strict),
    100,
    'Dates on which another time zone applies; both ends count, and none overlap',
  ),
}

const HOURS_EXAMPLE = {
  weekly: [{ weekday: 'monday', start: '09:00', end: '17:00' }],
  overrides: [{ date: '2026-03-09', windows: [{ start: '10:00', end: '12:00' }] }],
  timeOff: [{ from: '2026-08-03', to: '2026-08-14', reason: 'holiday' }],
  travel: [{ from: '2026-05-04', to: '2026-05-08', timezone: 'Asia/Tokyo' }],
}

export const Availability = Type.Object(
  {
    interviewerId: Id,
    timezone: Type.String({ ...TimeZone, description: 'The interviewer’s time zone; change it on the interviewer' }),
    ...HOURS,
    version: Version,
    createdAt: Instant,
    updatedAt: Instant,
  },
  {
    $id: 'Availability',
    description: 'The hours an interviewer gives, in their local wall time',
    examples: [
      {
        interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
        timezone: 'Europe/Berlin',
        ...HOURS_EXAMPLE,
        version: 2,
        createdAt: '2026-03-01T08:00:00.000Z',
        updatedAt: '2026-03-02T08:59:00.000Z',
      },
    ],
  },
)
export type Availability = Static<typeof Availability>

export const AvailabilityChanges = Type.Partial(Type.Object({ ...HOURS, timeOff: timeOff(NewTimeOff) }), {
  ...strict,
  minProperties: 1,
  examples: [HOURS_EXAMPLE],
})
export type AvailabilityChanges = Static<typeof AvailabilityChanges>
