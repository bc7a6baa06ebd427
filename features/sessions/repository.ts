import type { Queryable } from '../../db/database.ts'
import type { Filter, Listing } from '../../domain/lists/keyset.ts'
import { page } from '../../domain/lists/page.ts'
import { sessionStore } from '../../domain/accounts/sessions.ts'
import type { Session, SessionQuery } from './schemas.ts'

const COLUMNS = `id, user_id AS "userId", expires_at AS "expiresAt", created_at AS "createdAt",
  last_used_at AS "lastUsedAt", user_agent AS "userAgent", ip`
const LIVE = 'ended_at IS NULL AND expires_at > :now'
const FIND = `SELECT ${COLUMNS} FROM sessions WHERE id = :id AND ${LIVE}`
const FIND_BY_TOKEN = `SELECT ${COLUMNS} FROM sessions
  WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = :hash AND used_at IS NULL) AND ${LIVE}`

const LISTING: Listing = {
  columns: COLUMNS,
  from: 'sessions',
  id: 'id',
  sorts: { createdAt: 'created_at', lastUsedAt: 'last_used_at' },
  defaultSort: '-createdAt',
  total: 'SELECT count(*) AS total FROM sessions',
}

/** Finds no session that has ended. */
export const sessionsRepository = (sql: Queryable) => ({
  find: (id: string, now: string) => sql.one<Session>(FIND, { id, now }),
  /** Finds a session by the hash of its refresh token, as long as that has not been used. */
  findByToken: (hash: string, now: string) => sql.one<Session>(FIND_BY_TOKEN, { hash, now }),
  end: (id: string, now: string) => sessionStore(sql).end(id, now),
  list: (query: SessionQuery, userId: string, now: string) => page<Session>(sql, LISTING, query, ofUser(userId, now)),
})

function ofUser(userId: string, now: string): Filter[] {
  return [
    { sql: 'user_id = :userId', params: { userId } },
    { sql: LIVE, params: { now }, passing: true },
  ]
}
