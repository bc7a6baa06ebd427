import type { Queryable } from '../../db/database.ts'
import { ALL_WANTED, notificationsFrom, type Notifications } from '../../domain/accounts/notifications.ts'

const PREFERENCES = ({ dialect }: Queryable) => `SELECT interviewers.id, interviewers.timezone, users.notifications
  FROM interviewers LEFT JOIN users ON users.id = interviewers.user_id WHERE interviewers.id ${dialect.inList('ids')}`
const ACCOUNT = `SELECT email, email_verified AS "emailVerified", timezone, notifications FROM users WHERE id = :id`
/** Counts the earlier sessions of an account, and those from the same place. */
const EARLIER_SESSIONS = `SELECT count(*) AS total,
    coalesce(sum(CASE WHEN ip = :ip AND user_agent = :userAgent THEN 1 ELSE 0 END), 0) AS "fromHere"
  FROM sessions WHERE user_id = :userId AND id <> :sessionId AND created_at <= :at`

/** The choices of one person. */
export interface Preferences {
  readonly timezone: string
  readonly notifications: Notifications
}

interface PreferenceRow {
  readonly timezone: string
  readonly notifications: string | null
}

export const peopleRepository = (sql: Queryable) => ({
  /** The preferences of these interviewers, by their ids. */
  preferences: async (ids: readonly string[]): Promise<Map<string, Preferences>> => {
    const rows = await sql.many<PreferenceRow & { id: string }>(PREFERENCES(sql), { ids: JSON.stringify(ids) })
    return new Map(rows.map(row => [row.id, preferencesFrom(row)]))
  },
  account: async (id: string) => {
    const row = await sql.one<PreferenceRow & { email: string; emailVerified: 0 | 1 }>(ACCOUNT, { id })
    return row && { email: row.email, emailVerified: row.emailVerified === 1, ...preferencesFrom(row) }
  },
  earlierSessions: (from: { userId: string; sessionId: string; at: string; ip: string; userAgent: string }) =>
    sql.one<{ total: number; fromHere: number }>(EARLIER_SESSIONS, from),
})

function preferencesFrom({ timezone, notifications }: PreferenceRow): Preferences {
  return { timezone, notifications: notifications === null ? ALL_WANTED : notificationsFrom(notifications) }
}
