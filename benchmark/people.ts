import Sqlite from '../db/sqlite/driver.mjs'
import { newId } from '../domain/lists/fields.ts'
import type { SignedIn } from './sign-in.ts'

/**
 * Adds so many people who have signed in to a copy of a prepared database, before a server runs on it, and returns
 * them. As staff they see every task.
 */
export function addPeople(file: string, count: number): SignedIn[] {
  const sqlite = new Sqlite(file)
  const insertUser = sqlite.prepare<[object]>(
    `INSERT INTO users (id, email, name, role) VALUES (@id, @email, 'Listener', @role)`,
  )
  const insertSession = sqlite.prepare<[object]>(
    `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
     VALUES (@sessionId, @id, @now, @now, '2099-01-01T00:00:00.000Z')`,
  )
  const now = new Date().toISOString()
  const people = Array.from({ length: count }, () => ({ id: newId(), sessionId: newId(), role: 'talent' }) as const)
  sqlite.transaction(() => {
    for (const [index, { id, sessionId, role }] of people.entries()) {
      insertUser.run({ id, role, email: `listener.${index}@example.com` })
      insertSession.run({ id, sessionId, now })
    }
  })()
  sqlite.close()
  return people
}
