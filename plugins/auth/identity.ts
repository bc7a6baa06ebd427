import type { Queryable } from '../../db/database.ts'
import { hashOfSecret } from '../secrets.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { Scope } from './scopes.ts'

export const ROLES = ['admin', 'talent', 'interviewer'] as const
export type Role = (typeof ROLES)[number]

/** What the secret of every API token begins with, so that people and scanners know one when they see it. */
export const API_TOKEN_PREFIX = 'pnl_'
const API_TOKEN = /^pnl_[\w-]{43}$/

/** Whether somebody is behind a credential: every statement that looks one up asks this of the account it belongs to. */
export const IS_SOMEBODY = `users.status = 'active'`

/** Role, status and session as they are at this moment: what changes takes effect on the very next request. */
const LIVE_SESSION = `SELECT users.id, users.name, users.email, users.role, sessions.expires_at AS "expiresAt"
  FROM sessions JOIN users ON users.id = sessions.user_id
  WHERE sessions.id = :sessionId AND users.id = :userId AND ${IS_SOMEBODY}
    AND sessions.ended_at IS NULL AND sessions.expires_at > :now`
const LIVE_TOKEN = `SELECT users.id, users.name, users.email, users.role, api_tokens.expires_at AS "expiresAt",
    api_tokens.id AS "tokenId", api_tokens.scopes, api_tokens.last_used_at AS "lastUsedAt"
  FROM api_tokens JOIN users ON users.id = api_tokens.user_id
  WHERE api_tokens.hash = :hash AND ${IS_SOMEBODY}
    AND (api_tokens.expires_at IS NULL OR api_tokens.expires_at > :now)`
/** The tables those two read. */
export const IDENTITY_TABLES = ['users', 'sessions', 'api_tokens']

/** An API token, as far as a request goes. */
export interface ApiTokenInUse {
  readonly id: string
  readonly scopes: readonly Scope[]
  readonly lastUsedAt: string | null
}

/** Whose credentials they are, and until when: the same for every request that sends them. */
export interface Identity {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  /** The session of an access token; null with an API token. */
  readonly sessionId: string | null
  readonly token: ApiTokenInUse | null
  /** When the credentials expire by themselves, in ms since 1970; Infinity for never. */
  readonly expiresAt: number
}

type Account = Pick<Identity, 'id' | 'name' | 'email' | 'role'>
type SessionRow = Account & { readonly expiresAt: string }
interface TokenRow extends Account {
  readonly tokenId: string
  readonly scopes: string
  readonly lastUsedAt: string | null
  readonly expiresAt: string | null
}

/** Who sends `bearer`, an access token or an API token; undefined when it is worth nothing (any more). */
export function identityOf(sql: Queryable, tokens: AccessTokens, bearer: string): Promise<Identity | undefined> {
  return API_TOKEN.test(bearer) ? ofApiToken(sql, bearer) : ofAccessToken(sql, tokens, bearer)
}

async function ofAccessToken(sql: Queryable, tokens: AccessTokens, bearer: string): Promise<Identity | undefined> {
  const claims = tokens.verify(bearer)
  if (!claims) return undefined
  const { userId, sessionId } = claims
  const row = await sql.one<SessionRow>(LIVE_SESSION, { sessionId, userId, now: new Date().toISOString() })
  if (!row) return undefined
  const { id, name, email, role } = row
  const expiresAt = Math.min(claims.expiresAt, Date.parse(row.expiresAt))
  return { id, name, email, role, sessionId, token: null, expiresAt }
}

async function ofApiToken(sql: Queryable, bearer: string): Promise<Identity | undefined> {
  const params = { hash: hashOfSecret(bearer), now: new Date().toISOString() }
  const row = await sql.one<TokenRow>(LIVE_TOKEN, params)
  if (!row) return undefined
  const { id, name, email, role, tokenId, lastUsedAt } = row
  const expiresAt = row.expiresAt === null ? Infinity : Date.parse(row.expiresAt)
  return {
    id,
    name,
    email,
    role,
    sessionId: null,
    token: { id: tokenId, scopes: scopesOf(row), lastUsedAt },
    expiresAt,
  }
}

function scopesOf({ scopes }: TokenRow): Scope[] {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- the column was written from such a list
  return JSON.parse(scopes)
}
