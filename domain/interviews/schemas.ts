import { Type, type Static } from '@sinclair/typebox'
import { RESPONSES } from '../icalendar/responses.ts'
import { Email, HttpUrl, Id, Instant, Line, Lines, Nullable, OneOf, TimeZone, Version } from '../lists/fields.ts'
import { InterviewType, PanelRole } from '../panels/schemas.ts'

/** The one shape of an interview: answers, rows of the journal, mails, feeds and files are all typed by it. */

export const EventStatus = OneOf(['scheduled', 'completed', 'cancelled', 'no_show'])
export const Response = OneOf(RESPONSES, 'As in an iCalendar PARTSTAT')

export const PanelMember = Type.Object({
  interviewerId: Id,
  name: Type.String(),
  email: Type.String(),
  role: PanelRole,
  response: Response,
  respondedAt: Nullable(Instant),
})
export type PanelMember = Static<typeof PanelMember>

export const EVENT_EXAMPLE = {
  id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11',
  title: 'Technical interview',
  type: 'technical',
  status: 'scheduled',
  candidateName: 'Grace Hopper',
  candidateEmail: 'grace@example.com',
  position: 'Backend Engineer',
  startsAt: '2026-03-02T09:00:00.000Z',
  endsAt: '2026-03-02T10:00:00.000Z',
  timezone: 'Europe/Berlin',
  location: null,
  meetingUrl: 'https://meet.example.com/abc',
  notes: null,
  panel: [
    {
      interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      role: 'lead',
      response: 'needs_action',
      respondedAt: null,
    },
  ],
  organizerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d01',
  override: null,
  cancellation: null,
  sequence: 0,
  externalId: null,
  version: 1,
  createdAt: '2026-03-01T08:00:00.000Z',
  updatedAt: '2026-03-01T08:00:00.000Z',
}

export const Event = Type.Object(
  {
    id: Id,
    title: Line(200, { examples: ['Technical interview'] }),
    type: InterviewType,
    status: EventStatus,
    candidateName: Nullable(Line(120, { examples: ['Grace Hopper'] })),
    candidateEmail: Nullable(Email),
    position: Nullable(Line(120, { examples: ['Backend Engineer'] })),
    startsAt: Instant,
    endsAt: Instant,
    timezone: TimeZone,
    location: Nullable(Line(300, { examples: ['Room 4'] })),
    meetingUrl: Nullable(HttpUrl),
    notes: Nullable(Lines(5000)),
    panel: Type.Array(PanelMember),
    organizerId: Nullable(Id),
    override: Nullable(Type.Object({ reason: Type.String() })),
    cancellation: Nullable(Type.Object({ reason: Type.String(), cancelledAt: Instant, cancelledBy: Nullable(Id) })),
    sequence: Type.Integer({
      description: 'The SEQUENCE of the interview in calendars; it grows when the time, place, panel or status changes',
    }),
    externalId: Nullable(Line(120, { description: 'The id of this interview in another system' })),
    version: Version,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Event', description: 'An interview', examples: [EVENT_EXAMPLE] },
)
export type Event = Static<typeof Event>

/** An interview of which nothing has been said yet. */
export const BLANK: Event = {
  id: '',
  title: '',
  type: 'other',
  status: 'scheduled',
  candidateName: null,
  candidateEmail: null,
  position: null,
  startsAt: '',
  endsAt: '',
  timezone: 'UTC',
  location: null,
  meetingUrl: null,
  notes: null,
  panel: [],
  organizerId: null,
  override: null,
  cancellation: null,
  sequence: 0,
  externalId: null,
  version: 1,
  createdAt: '',
  updatedAt: '',
}
