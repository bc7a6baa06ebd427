import type { Queryable } from '../../db/database.ts'

const EXISTED = 'SELECT 1 AS found FROM schema_migrations WHERE applied_at < :instant LIMIT 1'

export const backupsRepository = (sql: Queryable) => ({
  /** Whether the database had been made by then, RFC 3339 in UTC. */
  existedBefore: async (instant: string): Promise<boolean> => (await sql.one(EXISTED, { instant })) !== undefined,
})
