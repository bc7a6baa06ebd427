import { publicAddress, type Config } from '../../plugins/config.ts'
import type { Attendee, CalendarEvent } from '../icalendar/writing.ts'
import type { Event } from './schemas.ts'

/** An interview as calendars show it: the same in a mail, a file and a feed. */

const NAME = 'Panelist'

/** How calendars know this program. Neither field may change once a calendar has an interview. */
export interface CalendarIdentity {
  /** The end of every UID. */
  readonly host: string
  /** The address that answers to invitations go to. */
  readonly organizer: string
}

/** The fields of an interview that calendars show. */
type Shown = Pick<
  Event,
  | 'id'
  | 'title'
  | 'candidateName'
  | 'position'
  | 'startsAt'
  | 'endsAt'
  | 'location'
  | 'meetingUrl'
  | 'notes'
  | 'sequence'
  | 'createdAt'
>

interface State {
  readonly reader: 'interviewer' | 'candidate'
  readonly cancelled: boolean
  readonly updatedAt: string
}

export function calendarIdentity(config: Config): CalendarIdentity {
  return { host: new URL(publicAddress(config)).hostname, organizer: config.MAIL_FROM }
}

export function calendarEvent(
  interview: Shown,
  { organizer }: CalendarIdentity,
  { reader, cancelled, updatedAt }: State,
): CalendarEvent {
  const { id, sequence, startsAt, endsAt, title, location, meetingUrl, createdAt } = interview
  return {
    id,
    sequence,
    startsAt: Date.parse(startsAt),
    endsAt: Date.parse(endsAt),
    summary: title,
    description: descriptionFor(reader, interview),
    location,
    meetingUrl,
    organizer: { name: NAME, address: organizer },
    cancelled,
    createdAt: Date.parse(createdAt),
    updatedAt: Date.parse(updatedAt),
  }
}

/** The panel, and the candidate if their address is known. */
export function attendeesOf({
  panel,
  candidateName,
  candidateEmail,
}: Pick<Event, 'panel' | 'candidateName' | 'candidateEmail'>): Attendee[] {
  const seated = panel.map(({ name, email, role, response }) => ({
    name,
    address: email,
    optional: role === 'shadow',
    response,
  }))
  if (candidateEmail === null) return seated
  const candidate = { name: candidateName ?? '', address: candidateEmail, optional: false }
  return [...seated, { ...candidate, response: 'needs_action' }]
}

/** Candidates do not see the notes. */
function descriptionFor(reader: State['reader'], { position, candidateName, meetingUrl, notes }: Shown): string {
  const known = (label: string, value: string | null) => (value === null ? [] : [`${label}: ${value}`])
  return [
    ...known('Position', position),
    ...known('Candidate', candidateName),
    ...known('Join', meetingUrl),
    ...known('Notes', reader === 'interviewer' ? notes : null),
  ].join('\n')
}
