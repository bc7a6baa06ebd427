import type { Queryable } from '../../db/database.ts'
import type { UserCount } from './schemas.ts'

const READ = 'SELECT total_users AS "totalUsers", last_updated AS "lastUpdated" FROM user_stats WHERE id = 1'
const COUNT = 'SELECT count(*) AS users FROM users'
const KEEP = `INSERT INTO user_stats (id, total_users, last_updated) VALUES (1, :totalUsers, :lastUpdated)
  ON CONFLICT (id) DO UPDATE SET total_users = :totalUsers, last_updated = :lastUpdated`

export const userCountRepository = (sql: Queryable) => ({
  /** The kept count: one row, however many users there are. */
  read: () => sql.one<UserCount>(READ),
  /** Counts every user. */
  count: async () => (await sql.one<{ users: number }>(COUNT))?.users ?? 0,
  keep: (totalUsers: number, lastUpdated: string) => sql.run(KEEP, { totalUsers, lastUpdated }),
})
