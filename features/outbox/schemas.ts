import { Type, type Static } from '@sinclair/typebox'
import { Email, Id, Instant, Nullable, OneOf, Version } from '../../domain/lists/fields.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'

const Kind = OneOf(['invitation', 'change', 'cancellation', 'removal', 'reminder', 'sign_in', 'confirmation'])
const Status = OneOf(['pending', 'sent', 'dead'], 'A dead mail was tried for a day, or refused permanently')

export const OutboxMail = Type.Object(
  {
    id: Id,
    kind: Kind,
    eventId: Nullable(Id),
    recipient: Type.String(),
    subject: Type.String(),
    status: Status,
    dueAt: Type.String({ ...Instant, description: 'When the next attempt is due' }),
    attempts: Type.Integer(),
    problem: Nullable(Type.String({ description: 'Why the last attempt failed' })),
    sentAt: Nullable(Instant),
    version: Version,
    createdAt: Instant,
    updatedAt: Instant,
  },
  {
    $id: 'OutboxMail',
    description: 'A mail that is to be sent or has been sent',
    examples: [
      {
        id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d20',
        kind: 'invitation',
        eventId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11',
        recipient: 'ada@example.com',
        subject: 'Invitation: Technical interview, Mon 2 Mar 2026 10:00 GMT+1',
        status: 'sent',
        dueAt: '2026-03-01T08:00:00.000Z',
        attempts: 1,
        problem: null,
        sentAt: '2026-03-01T08:00:01.000Z',
        version: 2,
        createdAt: '2026-03-01T08:00:00.000Z',
        updatedAt: '2026-03-01T08:00:01.000Z',
      },
    ],
  },
)
export type OutboxMail = Static<typeof OutboxMail>

export const OutboxPage = PageOf(OutboxMail, 'OutboxPage')

export const OutboxQuery = PageQuery(['createdAt'], {
  status: Type.Optional(Status),
  kind: Type.Optional(Kind),
  recipient: Type.Optional(Email),
  eventId: Type.Optional(Id),
})
export type OutboxQuery = Static<typeof OutboxQuery>
