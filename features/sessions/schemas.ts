import { Type, type Static } from '@sinclair/typebox'
import { Id, Instant, Nullable } from '../../domain/lists/fields.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'

export const Session = Type.Object(
  {
    id: Id,
    userId: Id,
    expiresAt: Instant,
    createdAt: Instant,
    lastUsedAt: Instant,
    userAgent: Nullable(Type.String()),
    ip: Nullable(Type.String()),
  },
  {
    $id: 'Session',
    description: 'Where and since when somebody is signed in',
    examples: [
      {
        id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d20',
        userId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
        expiresAt: '2026-03-09T08:59:00.000Z',
        createdAt: '2026-03-01T08:00:00.000Z',
        lastUsedAt: '2026-03-02T08:59:00.000Z',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/147.0',
        ip: '192.0.2.7',
      },
    ],
  },
)
export type Session = Static<typeof Session>

export const SessionPage = PageOf(Session, 'SessionPage')

export const SessionQuery = PageQuery(['createdAt', 'lastUsedAt'], {
  userId: Type.Optional(
    Type.String({
      ...Id,
      description: 'Whose sessions to list: your own by default; only an admin may ask for others',
    }),
  ),
})
export type SessionQuery = Static<typeof SessionQuery>

export const OnlyToken = Type.Object(
  {
    token: Type.String({
      pattern: '^[A-Za-z0-9_-]{43}$',
      description: 'A refresh token',
      examples: ['pZ6s3mTq0J5m0yq2xN8cW1rJ9dT4kV7bL3hF6gS2aQ0'],
    }),
  },
  { additionalProperties: false },
)
