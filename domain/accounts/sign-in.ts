import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import type { Actor } from '../../plugins/actor.ts'
import type { AuditLogger } from '../../plugins/audit-logger.ts'
import { ACCESS_TOKEN_SECONDS } from '../../plugins/auth/access-tokens.ts'
import { USER_EXAMPLE, type User } from './account.ts'
import { sessionStore, type NewSession } from './sessions.ts'

/** How a session begins and what its client receives, by whatever way somebody signs in. */

/** Sessions that were over for this long are forgotten, with their tokens. */
const REMEMBERED_MS = 30 * 24 * 60 * 60 * 1000

export const TOKEN_EXAMPLE = 'pZ6s3mTq0J5m0yq2xN8cW1rJ9dT4kV7bL3hF6gS2aQ0'

export const SignedIn = Type.Object(
  {
    user: Type.Unsafe<User>({ $ref: 'User#' }),
    accessToken: Type.String({ description: 'For "Authorization: Bearer …"' }),
    refreshToken: Type.String({ description: 'Good for one new pair; using it twice ends the session' }),
    tokenType: Type.Literal('Bearer'),
    expiresIn: Type.Integer({ description: 'Seconds until the access token expires' }),
  },
  {
    $id: 'SignedIn',
    description: 'A session that has begun or goes on',
    examples: [
      {
        user: USER_EXAMPLE,
        accessToken: 'eyJhbGciOi…',
        refreshToken: TOKEN_EXAMPLE,
        tokenType: 'Bearer',
        expiresIn: 900,
      },
    ],
  },
)
export type SignedIn = Static<typeof SignedIn>

/** A session that has just begun or been prolonged. */
export interface Started {
  readonly user: User
  readonly session: NewSession
}

/** What its client receives. The refresh token is shown only here. */
export function signedIn(app: FastifyInstance, { user, session }: Started): SignedIn {
  return {
    user,
    accessToken: app.accessToken(user, session.id),
    refreshToken: session.refreshToken,
    tokenType: 'Bearer',
    expiresIn: ACCESS_TOKEN_SECONDS,
  }
}

interface Beginning {
  readonly actor: Actor
  readonly userId: string
  readonly session: NewSession
  readonly now: string
}

/** The session, and its row in the journal. */
export async function begin(
  tx: Transaction,
  audit: AuditLogger,
  { actor, userId, session, now }: Beginning,
): Promise<void> {
  const sessions = sessionStore(tx)
  await sessions.forgetOver(userId, new Date(Date.parse(now) - REMEMBERED_MS).toISOString())
  const expiresAt = await sessions.start(session, userId, actor, now)
  const after = { userId, expiresAt }
  await audit.record(tx, actor, { action: 'login', entityType: 'session', entityId: session.id, after })
}
