import { Type, type Static } from '@sinclair/typebox'
import { Id, Instant, Line, Nullable, OneOf, Version } from '../../domain/lists/fields.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'

/** Counted in characters; the parser of the body counts bytes. */
const LONGEST_CALENDAR = 5 * 1024 * 1024

const Name = Line(120, { examples: ['Work'] })

export const ImportedCalendar = Type.Object(
  {
    id: Id,
    interviewerId: Id,
    name: Name,
    source: OneOf(['upload', 'url'], 'An upload stays as it is; a URL is read every 15 minutes'),
    host: Nullable(
      Type.String({
        description: 'The host of the URL; the URL itself is a credential and never shown. null for an upload',
        examples: ['calendar.example.com'],
      }),
    ),
    status: OneOf(
      ['ok', 'unreadable', 'pending'],
      'Unless it is ok, nobody knows when the person is free, so they are not offered. A pending one is read within a minute',
    ),
    problem: Nullable(Type.String({ description: 'Why it is unreadable', examples: ['The server answers 404'] })),
    busy: Type.Integer({ description: 'How many busy times it holds' }),
    expandedUntil: Nullable(
      Type.String({ ...Instant, description: 'Busy times are known until then; the person is not offered later' }),
    ),
    checkedAt: Nullable(
      Type.String({ ...Instant, description: 'When it was last read, or the last attempt was made' }),
    ),
    version: Version,
    createdAt: Instant,
    updatedAt: Instant,
  },
  {
    $id: 'ImportedCalendar',
    description: 'A calendar of another program that says when an interviewer is busy',
    examples: [
      {
        id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d12',
        interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
        name: 'Work',
        source: 'url',
        host: 'calendar.example.com',
        status: 'ok',
        problem: null,
        busy: 214,
        expandedUntil: '2028-03-01T08:00:00.000Z',
        checkedAt: '2026-03-02T08:59:00.000Z',
        version: 3,
        createdAt: '2026-03-01T08:00:00.000Z',
        updatedAt: '2026-03-02T08:59:00.000Z',
      },
    ],
  },
)
export type ImportedCalendar = Static<typeof ImportedCalendar>

export const ImportedCalendarPage = PageOf(ImportedCalendar, 'ImportedCalendarPage')
export const ImportedCalendarQuery = PageQuery(['createdAt', 'name'], {})
export type ImportedCalendarQuery = Static<typeof ImportedCalendarQuery>

const CalendarUrl = Type.Object(
  {
    url: Type.String({
      maxLength: 2000,
      pattern: '^https://[^\\s<>"\\\\^`{|}\\u0000-\\u0020\\u007f]+$',
      description: 'The address on a server of the public internet, on port 443 or 8443',
      examples: ['https://calendar.example.com/private-4f1c/basic.ics'],
    }),
    name: Type.Optional(Type.String({ ...Name, description: 'The host of its URL by default' })),
  },
  {
    additionalProperties: false,
    examples: [{ url: 'https://calendar.example.com/private-4f1c/basic.ics', name: 'Work' }],
  },
)
export type CalendarUrl = Static<typeof CalendarUrl>

/** No database has a NUL in a text. */
const CalendarText = Type.String({
  minLength: 1,
  maxLength: LONGEST_CALENDAR,
  pattern: '^[^\\u0000]*$',
  description: 'An iCalendar file (RFC 5545), as other programs export it; at most 5 MiB',
  examples: [
    'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\n' +
      'DTSTAMP:20260301T080000Z\r\nDTSTART:20260302T090000Z\r\nDTEND:20260302T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
  ],
})

/** The content type decides: the address of a calendar, or the calendar itself. A request without type and body is not checked. */
export const NewCalendar = Type.Unsafe<CalendarUrl | string | undefined>({
  content: { 'application/json': { schema: CalendarUrl }, 'text/calendar': { schema: CalendarText } },
})

export const OfInterviewer = Type.Object({ id: Id, calendarId: Id }, { additionalProperties: false })
