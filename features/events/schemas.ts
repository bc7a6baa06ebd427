import { Type, type Static } from '@sinclair/typebox'
import { RESPONSES } from '../../domain/icalendar/responses.ts'
import { Event, EVENT_EXAMPLE, EventStatus } from '../../domain/interviews/schemas.ts'
import { ExportQuery } from '../../domain/lists/export.ts'
import { Email, Id, Instant, Line, OneOf, part, Reason } from '../../domain/lists/fields.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'
import { Search } from '../../domain/lists/words.ts'
import { InterviewType, PanelRole, Score, Seats } from '../../domain/panels/schemas.ts'

/** What people can answer: everything but that they have not answered yet. */
const [, ...ANSWERS] = RESPONSES
const strict = { additionalProperties: false }

/** The fields that clients send, besides the time and the panel. */
const { title, type, ...DETAILS } = Type.Pick(Event, [
  'title',
  'type',
  'candidateName',
  'candidateEmail',
  'position',
  'timezone',
  'location',
  'meetingUrl',
  'notes',
  'externalId',
]).properties

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
      replacements: Type.Optional(Type.Array(Replacement, { description: 'The one whose turn it is comes first' })),
    }),
  ],
  {
    $id: 'BookedEvent',
    description:
      'An interview, with `warnings` about what was allowed but needs a look, and with `replacements` when somebody ' +
      'else has to be found',
    examples: [EVENT_EXAMPLE],
  },
)
export type BookedEvent = Static<typeof BookedEvent>

export const EventPage = PageOf(Event, 'EventPage')

const NewPanel = Type.Array(Type.Object({ interviewerId: Id, role: Type.Optional(PanelRole) }, strict), {
  minItems: 1,
  maxItems: 20,
  description: 'Each person once, and at least one lead or interviewer. The role is interviewer by default',
})
export type NewPanel = Static<typeof NewPanel>

const Override = Type.Object(
  { reason: Reason },
  { ...strict, description: 'Books people in spite of a load limit or a day off' },
)

/** The time of an interview: its start, and either its end or its length. */
const TIME = {
  startsAt: Instant,
  endsAt: Type.Optional(Instant),
  durationMinutes: Type.Optional(
    Type.Integer({ minimum: 5, maximum: 1440, description: 'Minutes; send it instead of endsAt' }),
  ),
}
export interface Time {
  readonly startsAt: string
  readonly endsAt?: string
  readonly durationMinutes?: number
}

export const NewEvent = Type.Object(
  {
    title,
    type,
    ...TIME,
    panel: Type.Optional(NewPanel),
    seats: Type.Optional(Seats),
    ...Type.Partial(Type.Object(DETAILS)).properties,
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

export const EventChanges = Type.Partial(
  Type.Object({ title, type, ...DETAILS, panel: NewPanel, override: Override }),
  {
    ...strict,
    minProperties: 1,
    examples: [{ location: 'Room 7' }],
  },
)
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
  { response: OneOf(ANSWERS), note: Type.Optional(Line(500)) },
  { ...strict, examples: [{ response: 'accepted' }] },
)
export type Respond = Static<typeof Respond>

export const Replace = Type.Object(
  {
    interviewerId: Id,
    withInterviewerId: Type.Optional(
      Type.String({
        ...Id,
        description: 'Without it nothing changes, and `replacements` names the people who could come',
      }),
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
  status: Type.Optional(EventStatus),
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
