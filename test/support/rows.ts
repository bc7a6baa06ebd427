// The smallest rows the schema accepts, written as SQL, for tests of the database itself.
import type { Queryable } from '../../db/database.ts'

export function insertUser(sql: Queryable, id: string, email = `${id}@example.com`) {
  return sql.run('INSERT INTO users (id, email, name) VALUES (:id, :email, :name)', { id, email, name: `User ${id}` })
}

export function insertInterviewer(sql: Queryable, id: string, userId: string | null = null) {
  const statement = 'INSERT INTO interviewers (id, name, email, user_id) VALUES (:id, :name, :email, :userId)'
  return sql.run(statement, { id, name: `Interviewer ${id}`, email: `${id}@example.com`, userId })
}

export function insertEvent(sql: Queryable, id: string) {
  const statement = `INSERT INTO events (id, title, type, starts_at, ends_at)
    VALUES (:id, 'Interview', 'technical', '2026-03-02T09:00:00.000Z', '2026-03-02T10:00:00.000Z')`
  return sql.run(statement, { id })
}

export interface ClaimRow {
  readonly subject: string
  readonly startsAt: string
  readonly endsAt: string
  readonly eventId: string
}

export function insertClaim(sql: Queryable, claim: ClaimRow) {
  const statement =
    'INSERT INTO claims (subject, starts_at, ends_at, event_id) VALUES (:subject, :startsAt, :endsAt, :eventId)'
  return sql.run(statement, { ...claim })
}

export function insertAuditLog(sql: Queryable, entityId: string) {
  const statement = `INSERT INTO audit_logs (actor_name, action, entity_type, entity_id)
    VALUES ('tester', 'create', 'interviewer', :entityId)`
  return sql.run(statement, { entityId })
}

export async function countOf(sql: Queryable, table: string): Promise<number> {
  return (await sql.one<{ total: number }>(`SELECT COUNT(*) AS total FROM ${table}`))?.total ?? -1
}
