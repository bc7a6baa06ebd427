import ICAL from 'ical.js'
import fc from 'fast-check'
import type { Attendee, CalendarEvent, Invitation } from '../../../../domain/icalendar/writing.ts'

export const EVENT: CalendarEvent = {
  id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
  sequence: 2,
  startsAt: Date.UTC(2026, 2, 2, 9),
  endsAt: Date.UTC(2026, 2, 2, 10),
  summary: 'System design: Ada Lovelace',
  description: 'Please be kind; it is early.\nQuestions, answers: all here.',
  location: 'Room 7, second floor',
  meetingUrl: 'https://meet.example.com/abc?x=1;y=2,3',
  organizer: { name: 'Panelist', address: 'talent@example.com' },
  cancelled: false,
  createdAt: Date.UTC(2026, 1, 1),
  updatedAt: Date.UTC(2026, 1, 2),
}
export const GRACE: Attendee = {
  name: 'Grace "Amazing" Hopper, PhD; ^x',
  address: 'grace@example.com',
  optional: false,
  response: 'needs_action',
}
export const ALAN: Attendee = { name: 'Alan', address: 'alan+panel@example.com', optional: true, response: 'accepted' }
export const INVITATION: Invitation = {
  method: 'REQUEST',
  host: 'panelist.example',
  event: EVENT,
  attendees: [GRACE, ALAN],
  now: Date.UTC(2026, 1, 3),
}

/** What people paste, and what nobody would by accident. */
export const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '\r\n ATTENDEE:mailto:evil@example.com',
        '\nEND:VEVENT\n',
        '\u2028',
        '\u0085',
        '\v',
      ),
      fc.constantFrom('"', ',', ';', ':', '\\', '\\n', '^', "^'", '^n', '=', '\t', '\0', '\u007f', '\u001b'),
      fc.constantFrom('😀', '👩‍💻', 'é', 'ü', '漢字', '\u202e', 'שלום', '\ud800', '\ufeff', 'x'.repeat(200)),
      fc.string({ maxLength: 20 }),
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''))

/** The names of the properties of a component, as ical.js reads them. */
export function namesIn(text: string, component: string): string[] {
  const root = new ICAL.Component(ICAL.parse(text))
  const found = component === 'vcalendar' ? root : root.getFirstSubcomponent(component)
  return (found?.getAllProperties() ?? []).map(({ name }) => name)
}

export function eventIn(text: string): ICAL.Component {
  const event = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')
  if (!event) throw new Error('there is no event')
  return event
}
