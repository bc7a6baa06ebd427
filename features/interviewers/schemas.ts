import { Type, type Static } from '@sinclair/typebox'
import { ExportQuery } from '../../domain/lists/export.ts'
import { Email, Id, Instant, Line, Nullable, OneOf, TimeZone, Version } from '../../domain/lists/fields.ts'
import { INTERVIEWER_STATUSES } from '../../domain/panels/interviewer.ts'
import { InterviewType } from '../../domain/panels/schemas.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'
import { Search } from '../../domain/lists/words.ts'

const MINUTES_OF_BUFFER = { minimum: 0, maximum: 240 }
const Status = OneOf(INTERVIEWER_STATUSES, 'Only the active are booked')
const Words = Type.Array(Line(60), { maxItems: 50, description: 'A set: trimmed, unique without regard to case' })
const Cap = Nullable(Type.Integer({ minimum: 1, maximum: 100, description: 'null: no limit' }))

/** What a client may write, without defaults. */
const WRITABLE = {
  name: Line(120, { examples: ['Ada Lovelace'] }),
  email: Email,
  title: Nullable(Line(120, { examples: ['Staff Engineer'] })),
  department: Nullable(Line(120, { examples: ['Platform'] })),
  skills: Words,
  interviewTypes: Type.Array(InterviewType, { maxItems: 50 }),
  timezone: TimeZone,
  status: Status,
  bufferBeforeMinutes: Type.Integer({ ...MINUTES_OF_BUFFER, description: 'Kept free before each interview' }),
  bufferAfterMinutes: Type.Integer({ ...MINUTES_OF_BUFFER, description: 'Kept free after each interview' }),
  maxPerDay: Cap,
  maxPerWeek: Cap,
  weight: Type.Integer({ minimum: 1, maximum: 1000, description: 'Share of the load; 100 is a full one' }),
  userId: Nullable(Type.String({ ...Id, description: 'The account that may act as this interviewer' })),
}

const EXAMPLE = {
  id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  title: 'Staff Engineer',
  department: 'Platform',
  skills: ['TypeScript', 'SQL'],
  interviewTypes: ['technical', 'system_design'],
  timezone: 'Europe/Berlin',
  status: 'active',
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 15,
  maxPerDay: 3,
  maxPerWeek: null,
  weight: 100,
  userId: null,
  version: 1,
  createdAt: '2026-03-01T08:00:00.000Z',
  updatedAt: '2026-03-01T08:00:00.000Z',
}

export const Interviewer = Type.Object(
  { id: Id, ...WRITABLE, version: Version, createdAt: Instant, updatedAt: Instant },
  { $id: 'Interviewer', description: 'A person who interviews', examples: [EXAMPLE] },
)
export type Interviewer = Static<typeof Interviewer>

export const NewInterviewer = Type.Object(
  {
    name: WRITABLE.name,
    email: WRITABLE.email,
    title: Type.Optional(WRITABLE.title),
    department: Type.Optional(WRITABLE.department),
    skills: Type.Optional(WRITABLE.skills),
    interviewTypes: Type.Optional(WRITABLE.interviewTypes),
    timezone: Type.Optional(WRITABLE.timezone),
    status: Type.Optional(WRITABLE.status),
    bufferBeforeMinutes: Type.Optional(WRITABLE.bufferBeforeMinutes),
    bufferAfterMinutes: Type.Optional(WRITABLE.bufferAfterMinutes),
    maxPerDay: Type.Optional(WRITABLE.maxPerDay),
    maxPerWeek: Type.Optional(WRITABLE.maxPerWeek),
    weight: Type.Optional(WRITABLE.weight),
    userId: Type.Optional(WRITABLE.userId),
  },
  {
    additionalProperties: false,
    examples: [
      {
        name: 'Ada Lovelace',
        email: 'ada@example.com',
        skills: ['TypeScript', 'SQL'],
        interviewTypes: ['technical'],
        timezone: 'Europe/Berlin',
        bufferAfterMinutes: 15,
      },
    ],
  },
)
export type NewInterviewer = Static<typeof NewInterviewer>

export const InterviewerChanges = Type.Partial(Type.Object(WRITABLE), {
  additionalProperties: false,
  minProperties: 1,
  examples: [{ status: 'paused' }],
})
export type InterviewerChanges = Static<typeof InterviewerChanges>

/** An interview that somebody still sits in, of an interviewer who can no longer be booked. */
export const Warning = Type.Object({
  code: Type.String({ examples: ['FUTURE_EVENT'] }),
  message: Type.String(),
  eventId: Id,
  title: Type.String(),
  startsAt: Instant,
  endsAt: Instant,
})

export const ChangedInterviewer = Type.Composite(
  [Interviewer, Type.Object({ warnings: Type.Optional(Type.Array(Warning)) })],
  {
    $id: 'ChangedInterviewer',
    description: 'The interviewer, with `warnings` when interviews that remain need somebody else',
    examples: [
      {
        ...EXAMPLE,
        status: 'inactive',
        version: 2,
        warnings: [
          {
            code: 'FUTURE_EVENT',
            message: 'Ada Lovelace still sits in "Technical interview"',
            eventId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11',
            title: 'Technical interview',
            startsAt: '2026-03-02T09:00:00.000Z',
            endsAt: '2026-03-02T10:00:00.000Z',
          },
        ],
      },
    ],
  },
)
export type ChangedInterviewer = Static<typeof ChangedInterviewer>

export const InterviewerPage = PageOf(Interviewer, 'InterviewerPage')

export const InterviewerQuery = PageQuery(['name', 'email', 'createdAt', 'updatedAt'], {
  status: Type.Optional(Status),
  department: Type.Optional(Line(120)),
  skill: Type.Optional(Line(60)),
  interviewType: Type.Optional(InterviewType),
  timezone: Type.Optional(TimeZone),
  q: Search('the name, address, title, department or skills'),
})
export type InterviewerQuery = Static<typeof InterviewerQuery>

export const InterviewerExportQuery = ExportQuery(InterviewerQuery)
export type InterviewerExportQuery = Static<typeof InterviewerExportQuery>
