// Debian's own sqlite3, another build and another release of SQLite, on the file while Panelist has it open.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { faultsOfSearch } from '../support/search-index.ts'
import { openSqliteForTest, type SqliteTestDatabase } from '../support/databases.ts'
import { run } from '../support/programs.ts'
import { countOf, insertAuditLog, insertClaim, insertEvent, insertUser } from '../support/rows.ts'

describe('the plain sqlite3 shell on the live file', () => {
  let opened: SqliteTestDatabase
  const shell = (sql: string) => run('sqlite3', ['-bail', '-cmd', '.timeout 5000', opened.path], sql)

  beforeEach(async () => {
    opened = await openSqliteForTest()
    await insertUser(opened.database, 'first')
  })
  afterEach(() => opened.close())

  it('raises user_stats with every INSERT and lowers it with every DELETE, as the open program reads at once', async () => {
    const total = () => opened.database.one('SELECT total_users AS total FROM user_stats')
    expect(await total()).toEqual({ total: 1 })
    const inserted = await shell(
      `INSERT INTO users (id, email, name) VALUES ('s1', 's1@x.org', 'S'), ('s2', 's2@x.org', 'S');`,
    )
    expect(inserted).toEqual({ end: 0, stdout: '', stderr: '' })
    expect(await total()).toEqual({ total: 3 })
    await shell(`DELETE FROM users WHERE id = 's1';`)
    expect(await total()).toEqual({ total: 2 })
  })

  it('raises version and updated_at of a row it changes', async () => {
    await shell(`UPDATE users SET name = 'Renamed';`)
    expect(await opened.database.one('SELECT name, version FROM users')).toEqual({ name: 'Renamed', version: 2 })
  })

  it('is followed by the words that are searched, also through VACUUM and in a copy by VACUUM INTO', async () => {
    const copy = `${opened.path}.copy`
    for (const id of ['a', 'b', 'c']) await insertUser(opened.database, id)
    const written = await shell(`DELETE FROM users WHERE id = 'a'; UPDATE users SET name = 'Łukasz' WHERE id = 'b';
      INSERT INTO users (id, email, name) VALUES ('e', 'e@example.com', 'Élan'); VACUUM; VACUUM INTO '${copy}';`)
    expect(written).toEqual({ end: 0, stdout: '', stderr: '' })
    const { database: copied } = await openDatabase(`file:${copy}`)
    for (const database of [opened.database, copied]) {
      const found = async (word: string) => {
        const from = `${database.dialect.matches('users', 'words')} ORDER BY id`
        const rows = await database.many<{ id: string }>(`SELECT id FROM ${from}`, { words: JSON.stringify([word]) })
        return rows.map(({ id }) => id)
      }
      expect(await found('lukasz')).toEqual(['b'])
      expect(await found('elan')).toEqual(['e'])
      expect(await found('us')).toEqual(['c', 'first'])
      expect(await faultsOfSearch(database)).toEqual([])
    }
    await copied.close()
  })

  it('is seen by changedTables, with exactly the tables it has changed', async () => {
    opened.database.changedTables()
    await shell(`INSERT INTO interviewers (id, name, email) VALUES ('i1', 'I', 'i1@x.org');`)
    expect(opened.database.changedTables()).toEqual(['interviewers'])
    await shell('SELECT COUNT(*) FROM interviewers;')
    expect(opened.database.changedTables()).toEqual([])
  })

  it('is refused an overlapping claim', async () => {
    for (const id of ['e1', 'e2']) await insertEvent(opened.database, id)
    const claim = { subject: 'interviewer:a', startsAt: '2026-03-02T09:00:00.000Z', endsAt: '2026-03-02T10:00:00.000Z' }
    await insertClaim(opened.database, { ...claim, eventId: 'e1' })
    const overlapping = `'interviewer:a', '2026-03-02T09:59:00.000Z', '2026-03-02T11:00:00.000Z', 'e2'`
    for (const verb of ['INSERT', 'INSERT OR REPLACE', 'INSERT OR IGNORE']) {
      const { end, stderr } = await shell(
        `${verb} INTO claims (subject, starts_at, ends_at, event_id) VALUES (${overlapping});`,
      )
      expect(end).not.toBe(0)
      expect(stderr).toContain('claims_no_overlap')
    }
    expect(await countOf(opened.database, 'claims')).toBe(1)
  })

  it.each([
    `UPDATE audit_logs SET actor_name = 'nobody';`,
    'DELETE FROM audit_logs;',
    `INSERT OR REPLACE INTO audit_logs (id, actor_name, action, entity_type) VALUES (1, 'forger', 'x', 'x');`,
    `REPLACE INTO audit_logs (id, actor_name, action, entity_type) VALUES (1, 'forger', 'x', 'x');`,
    `UPDATE OR REPLACE audit_logs SET id = 2 WHERE id = 1;`,
    `INSERT INTO audit_logs (id, actor_name, action, entity_type) VALUES (1, 'f', 'x', 'x')
       ON CONFLICT (id) DO UPDATE SET actor_name = 'forger';`,
  ])('is refused %s', async statement => {
    for (const id of ['a', 'b']) await insertAuditLog(opened.database, id)
    const before = await opened.database.many('SELECT * FROM audit_logs ORDER BY id')
    const { end, stderr } = await shell(statement)
    expect(end).not.toBe(0)
    expect(stderr).toContain('audit_logs_append_only')
    expect(await opened.database.many('SELECT * FROM audit_logs ORDER BY id')).toEqual(before)
  })

  it('cannot stop the journal by taking the number an unnumbered row seems to have', async () => {
    const { end } = await shell(
      `INSERT INTO audit_logs (id, actor_name, action, entity_type) VALUES (-1, 'x', 'x', 'x');`,
    )
    expect(end).not.toBe(0)
    await insertAuditLog(opened.database, 'a')
    expect(await countOf(opened.database, 'audit_logs')).toBe(1)
  })
})
