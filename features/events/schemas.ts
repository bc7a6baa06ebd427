import { Type, type Static } from '@sinclair/typebox'
import { ExportQuery } from '../../domain/lists/export.ts'
import {
  Email,
  HttpUrl,
  Id,
  Instant,
  Line,
  Lines,
  Nullable,
  OneOf,
  part,
  Reason,
  TimeZone,
  Version,
} from '../../domain/lists/fields.ts'
import { InterviewType } from '../../domain/panels/interview-types.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'
import { Search } from '../../domain/lists/words.ts'
import { Score } from '../../domain/panels/answers.ts'
import { PanelRole, Seats } from '../../domain/panels/search.ts'

const Status = OneOf(['scheduled', 'completed', 'cancelled', 'no_show'])
const Response = OneOf(['needs_action', 'accepted', 'declined', 'tentative'], 'As in an iCalendar PARTSTAT')
const strict = { additionalProperties: false }

export const PanelMember = Type.Object({
  interviewerId: Id,
  name: Type.String(),
  email: Type.String(),
  role: PanelRole,
  response: Response,
  respondedAt: Nullable(Instant),
})
export type PanelMember = Static<typeof PanelMember>

/** What may be sent about an interview, other than its time. */
const DETAILS = {
  title: Line(200, { examples: ['Technical interview'] }),
  type: InterviewType,
  candidateName: Nullable(Line(120, { examples: ['Grace Hopper'] })),
  candidateEmail: Nullable(Email),
  position: Nullable(Line(120, { examples: ['Backend Engineer'] })),
  timezone: TimeZone,
  location: Nullable(Line(300, { examples: ['Room 4'] })),
  meetingUrl: Nullable(HttpUrl),
  notes: Nullable(Lines(5000)),
  externalId: Nullable(Line(120, { description: 'The id another system knows this interview by' })),
}

const EXAMPLE = {
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
    title: DETAILS.title,
    type: DETAILS.type,
    status: Status,
    candidateName: DETAILS.candidateName,
    candidateEmail: DETAILS.candidateEmail,
    position: DETAILS.position,
    startsAt: Instant,
    endsAt: Instant,
    timezone: DETAILS.timezone,
    location: DETAILS.location,
    meetingUrl: DETAILS.meetingUrl,
    notes: DETAILS.notes,
    panel: Type.Array(PanelMember),
    organizerId: Nullable(Id),
    override: Nullable(Type.Object({ reason: Type.String() })),
    cancellation: Nullable(Type.Object({ reason: Type.String(), cancelledAt: Instant, cancelledBy: Nullable(Id) })),
    sequence: Type.Integer({ description: 'Grows with each change of time, place, panel or state; for calendars' }),
    externalId: DETAILS.externalId,
    version: Version,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Event', description: 'An interview', examples: [EXAMPLE] },
)
export type Event = Static<typeof Event>

const Warning = Type.Object({ code: Type.String(), interviewerId: Type.Optional(Id), message: Type.String() })
export type Warning = Static<typeof Warning>

const Replacement = Type.Object(
  { interviewerId: Id, name: Type.String(), email: Type.String(), role: PanelRole, score: part(Score) },
  { description: 'Somebody who is free and could take the seat' },
)
export type Replacement = Static<typeof Replacement>

export const BookedEvent = Type.Composite(
  [
    Event,
    Type.Object({
      warnings: Type.Optional(Type.Array(Warning)),
      replacements: Type.Optional(Type.Array(Replacement, { description: 'Whose turn it is first' })),
    }),
  ],
  {
    $id: 'BookedEvent',
    description:
      'The interview; with `warnings` for what was allowed but should be looked at, and `replacements` when somebody ' +
      'else is looked for',
    examples: [EXAMPLE],
  },
)
export type BookedEvent = Static<typeof BookedEvent>

export const EventPage = PageOf(Event, 'EventPage')

const NewPanel = Type.Array(Type.Object({ interviewerId: Id, role: Type.Optional(PanelRole) }, strict), {
  minItems: 1,
  maxItems: 20,
  description: 'Each person once; at least one lead or interviewer. The role is interviewer unless it is given',
})
export type NewPanel = Static<typeof NewPanel>

const Override = Type.Object(
  { reason: Reason },
  { ...strict, description: 'Books in spite of a load limit or time off' },
)

/** The time of an interview: its end, or its length, and not both. */
const TIME = {
  startsAt: Instant,
  endsAt: Type.Optional(Instant),
  durationMinutes: Type.Optional(Type.Integer({ minimum: 5, maximum: 1440, description: 'In place of endsAt' })),
}
export interface Time {
  readonly startsAt: string
  readonly endsAt?: string
  readonly durationMinutes?: number
}

export const NewEvent = Type.Object(
  {
    title: DETAILS.title,
    type: DETAILS.type,
    ...TIME,
    panel: Type.Optional(NewPanel),
    seats: Type.Optional(Seats),
    candidateName: Type.Optional(DETAILS.candidateName),
    candidateEmail: Type.Optional(DETAILS.candidateEmail),
    position: Type.Optional(DETAILS.position),
    timezone: Type.Optional(DETAILS.timezone),
    location: Type.Optional(DETAILS.location),
    meetingUrl: Type.Optional(DETAILS.meetingUrl),
    notes: Type.Optional(DETAILS.notes),
    externalId: Type.Optional(DETAILS.externalId),
    override: Type.Optional(Override),
  },
  {
    ...strict,
    examples: [
      {
        title: 'Technical interview',
        type: 'technical',
        startsAt: '2026-03-02T10:00:00+01:00',
        durationMinutes: 60,
        timezone: 'Europe/Berlin',
        candidateName: 'Grace Hopper',
        candidateEmail: 'grace@example.com',
        panel: [{ interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10', role: 'lead' }],
      },
    ],
  },
)
export type NewEvent = Static<typeof NewEvent>

export const EventChanges = Type.Partial(Type.Object({ ...DETAILS, panel: NewPanel, override: Override }), {
  ...strict,
  minProperties: 1,
  examples: [{ location: 'Room 7' }],
})
export type EventChanges = Static<typeof EventChanges>

export const Reschedule = Type.Object(
  { ...TIME, reason: Reason, override: Type.Optional(Override) },
  {
    ...strict,
    examples: [
      { startsAt: '2026-03-03T09:00:00Z', durationMinutes: 60, reason: 'The candidate asked for another day' },
    ],
  },
)
export type Reschedule = Static<typeof Reschedule>

export const Cancel = Type.Object({ reason: Reason }, { ...strict, examples: [{ reason: 'The position was filled' }] })

export const NoShow = Type.Object(
  { party: OneOf(['candidate', 'interviewer'], 'Who did not come') },
  { ...strict, examples: [{ party: 'candidate' }] },
)

export const Respond = Type.Object(
  { response: OneOf(['accepted', 'declined', 'tentative']), note: Type.Optional(Line(500)) },
  { ...strict, examples: [{ response: 'accepted' }] },
)
export type Respond = Static<typeof Respond>

export const Replace = Type.Object(
  {
    interviewerId: Id,
    withInterviewerId: Type.Optional(
      Type.String({ ...Id, description: 'Without it nothing is changed, and `replacements` says who could come' }),
    ),
    override: Type.Optional(Override),
  },
  {
    ...strict,
    examples: [
      {
        interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
        withInterviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d12',
      },
    ],
  },
)
export type Replace = Static<typeof Replace>

const FILTERS = {
  status: Type.Optional(Status),
  type: Type.Optional(InterviewType),
  candidateEmail: Type.Optional(Email),
  startsAfter: Type.Optional(Type.String({ ...Instant, description: 'Inclusive' })),
  startsBefore: Type.Optional(Type.String({ ...Instant, description: 'Exclusive' })),
  externalId: Type.Optional(Line(120)),
  q: Search('the title, candidate or position'),
}
const SORTS: ['startsAt', 'createdAt'] = ['startsAt', 'createdAt']

export const EventQuery = PageQuery(SORTS, {
  ...FILTERS,
  interviewerId: Type.Optional(Id),
  interviewerEmail: Type.Optional(Email),
})
export type EventQuery = Static<typeof EventQuery>

export const EventExportQuery = ExportQuery(EventQuery)
export type EventExportQuery = Static<typeof EventExportQuery>

export const InterviewerEventQuery = PageQuery(SORTS, FILTERS)
