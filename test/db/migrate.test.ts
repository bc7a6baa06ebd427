import { appendFileSync, cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../db/database.ts'
import { migrate, MigrationError, pendingMigrations } from '../../db/migrate.ts'
import { migrationsFor, openDatabase } from '../../db/open.ts'
import { page } from '../../domain/lists/page.ts'
import type { Listing } from '../../domain/lists/keyset.ts'
import { drivers, type TestPlace } from '../support/databases.ts'
import { run } from '../support/programs.ts'
import { insertClaim, insertEvent } from '../support/rows.ts'
import { compiledProgram } from '../system/support/compiled.ts'
import { faultsOfSearch } from '../support/search-index.ts'

const LEDGER = 'SELECT name FROM schema_migrations ORDER BY number'
/** The names of all there is in the schema, by driver. */
const OBJECTS = {
  sqlite: 'SELECT name FROM sqlite_master ORDER BY name',
  postgres: `SELECT CAST(oid AS text) AS name FROM pg_class WHERE relnamespace = CAST('public' AS regnamespace) ORDER BY oid`,
}
/** Tables whose columns take a value of any type, besides the shadow tables of the full-text index and SQLite's own. */
const LOOSE = `SELECT name FROM pragma_table_list
  WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`

/** What is searched. */
const LISTED: Listing = {
  columns: 'id',
  from: 'interviewers',
  id: 'id',
  sorts: { name: 'name' },
  defaultSort: 'name',
  total: 'SELECT count(*) AS total FROM interviewers',
}

describe.each(drivers)('migrating on $name', driver => {
  const own = migrationsFor(driver.name === 'sqlite' ? 'file:x' : 'postgres://x')
  const names = readdirSync(own).sort()
  const objects = () => db.many(OBJECTS[driver.name])
  let place: TestPlace
  let migrations: string
  let db: Database

  beforeEach(async () => {
    place = await driver.place('empty')
    migrations = join(place.folder, 'migrations')
    cpSync(own, migrations, { recursive: true })
    db = (await openDatabase(place.url)).database
  })
  afterEach(async () => {
    await db.close()
    await place.remove()
  })
  const next = (name: string) => join(migrations, `${String(names.length + 1).padStart(3, '0')}_${name}.sql`)

  it('applies every migration to a fresh database, in order, and enters them', async () => {
    expect(await pendingMigrations(db, migrations)).toEqual(names)
    expect(await migrate(db, migrations)).toEqual(names)
    expect(await db.many(LEDGER)).toEqual(names.map(name => ({ name })))
    expect(await pendingMigrations(db, migrations)).toEqual([])
  })

  it('does nothing when it is repeated', async () => {
    await migrate(db, migrations)
    const before = await objects()
    expect(await migrate(db, migrations)).toEqual([])
    expect(await objects()).toEqual(before)
  })

  it('applies only what is new', async () => {
    await migrate(db, migrations)
    writeFileSync(next('rooms'), 'CREATE TABLE rooms (id TEXT PRIMARY KEY);')
    const [pending] = await pendingMigrations(db, migrations)
    expect(await migrate(db, migrations)).toEqual([pending])
    expect(await db.many('SELECT id FROM rooms')).toEqual([])
  })

  it('tells of claims that are there how much of them comes before the interview', async () => {
    const later = names.slice(names.indexOf('018_claim_buffers.sql'))
    for (const name of later) rmSync(join(migrations, name))
    await migrate(db, migrations)
    await insertEvent(db, 'e') // at 09:00
    const claim = { endsAt: '2026-03-02T10:15:00.000Z', eventId: 'e' }
    await insertClaim(db, { ...claim, subject: 'interviewer:a', startsAt: '2026-03-02T08:30:00.000Z' })
    await insertClaim(db, { ...claim, subject: 'interviewer:b', startsAt: '2026-03-02T09:00:00.000Z' })
    for (const name of later) cpSync(join(own, name), join(migrations, name))
    expect(await migrate(db, migrations)).toEqual(later)
    expect(await db.many('SELECT subject, buffer_before_minutes AS minutes FROM claims ORDER BY subject')).toEqual([
      { subject: 'interviewer:a', minutes: 30 },
      { subject: 'interviewer:b', minutes: 0 },
    ])
  })

  it('F14 F16 F19 brings texts and time zones that are there into their one form', async () => {
    const later = names.slice(names.indexOf('029_one_form_of_text.sql'))
    for (const name of later) rmSync(join(migrations, name))
    await migrate(db, migrations)
    const decomposed = 'Андрей Їжак'.normalize('NFD')
    await db.transaction(async tx => {
      const insert = `INSERT INTO interviewers (id, name, email, skills, timezone)
        VALUES (:id, :name, :email, :skills, 'europe/berlin')`
      await tx.run(insert, { id: 'a', name: decomposed, email: 'a@example.com', skills: JSON.stringify([decomposed]) })
      await tx.run(insert, { id: 'b', name: 'M\ud83d', email: 'b@example.com', skills: '[]' })
      const skill = 'INSERT INTO portfolio_skills (id, interviewer_id, name) VALUES (:id, :of, :name)'
      await tx.run(skill, { id: 'a', of: 'a', name: 'Й'.normalize('NFD') })
      await tx.run(skill, { id: 'b', of: 'a', name: 'Й' })
    })
    for (const name of later) cpSync(join(own, name), join(migrations, name))
    expect(await migrate(db, migrations)).toEqual(later)
    const rows = await db.many<{ id: string; name: string }>(
      'SELECT id, name, skills, timezone, version FROM interviewers ORDER BY id',
    )
    const composed = { name: 'Андрей Їжак', skills: '["Андрей Їжак"]' }
    expect(rows).toMatchObject([{ ...composed, timezone: 'Europe/Berlin' }, { id: 'b' }])
    const { name = '' } = rows[1] ?? {}
    expect(await db.one('SELECT id FROM interviewers WHERE name = :name', { name })).toEqual({ id: 'b' })
    expect(await db.many('SELECT id FROM portfolio_skills')).toHaveLength(2)
    const { data } = await page<{ id: string }>(db, LISTED, { limit: 10, q: 'Їжак' }, [])
    expect(data).toMatchObject([{ id: 'a' }])
    expect(await faultsOfSearch(db)).toEqual([])
  })

  if (driver.name === 'sqlite') {
    it('leaves every table STRICT, also the ledger of a database that an older release made', async () => {
      const later = names.slice(names.indexOf('023_strict_ledger.sql'))
      for (const name of later) rmSync(join(migrations, name))
      await migrate(db, migrations)
      const before = await db.many('SELECT * FROM schema_migrations')
      expect(await db.many(LOOSE)).toEqual([{ name: 'schema_migrations' }])
      for (const name of later) cpSync(join(own, name), join(migrations, name))
      expect(await migrate(db, migrations)).toEqual(later)
      expect(await db.many(LOOSE)).toEqual([])
      expect((await db.many('SELECT * FROM schema_migrations ORDER BY number')).slice(0, before.length)).toEqual(before)
    })
  }

  it('refuses an applied migration whose text has changed, with a sentence', async () => {
    await migrate(db, migrations)
    appendFileSync(join(migrations, names[1] ?? ''), '\n-- one more line\n')
    const sentence = new MigrationError(
      `Migration ${names[1] ?? ''} was applied from another text than this program carries. Applied migrations never change.`,
    )
    await expect(migrate(db, migrations)).rejects.toThrow(sentence)
    await expect(pendingMigrations(db, migrations)).rejects.toThrow(sentence)
  })

  it('refuses a database that is newer than the program, with a sentence, and leaves it as it is', async () => {
    const newer = next('of_tomorrow')
    writeFileSync(newer, 'CREATE TABLE tomorrow (id TEXT PRIMARY KEY);')
    await migrate(db, migrations)
    rmSync(newer)
    const before = await objects()
    await expect(migrate(db, migrations)).rejects.toThrow(/^This database is newer than this program: .*_of_tomorrow/)
    expect(await objects()).toEqual(before)
  })

  it('leaves nothing of a migration that fails half way, and keeps those before it', async () => {
    writeFileSync(next('broken'), 'CREATE TABLE half (id TEXT); INSERT INTO nowhere VALUES (1);')
    await expect(migrate(db, migrations)).rejects.toThrow(/run a script/)
    expect(await db.many(LEDGER)).toEqual(names.map(name => ({ name })))
    await expect(db.one('SELECT id FROM half')).rejects.toMatchObject({ unavailable: false })
  })

  it('refuses a migration that ends its own transaction, and does not enter it', async () => {
    writeFileSync(next('commits'), 'CREATE TABLE half (id TEXT); ROLLBACK; SELECT 1;')
    await expect(migrate(db, migrations)).rejects.toThrow()
    expect(await db.many(LEDGER)).toEqual(names.map(name => ({ name })))
    await db.run(`UPDATE row_counts SET total = 0`)
  })

  it.each([
    ['twice', '001_again.sql'],
    ['after a gap', '900_far_away.sql'],
    ['not at all', 'fix.sql'],
  ])('refuses a folder in which a migration is numbered %s', async (_how, name) => {
    writeFileSync(join(migrations, name), 'SELECT 1;')
    await expect(migrate(db, migrations)).rejects.toThrow(/^Migrations are numbered without gaps/)
    expect(await objects()).toEqual([])
  })

  it('may be called by two handles at once: each migration is applied once', async () => {
    const other = (await openDatabase(place.url)).database
    const [first, second] = await Promise.all([migrate(db, migrations), migrate(other, migrations)])
    expect([...first, ...second].sort()).toEqual(names)
    await other.close()
  })

  it('may be called by several processes that make the database at once: each migration is applied once', async () => {
    const fresh = await driver.place('empty')
    const command = await compiledProgram('migrator.mts', fresh.url)
    const finished = await Promise.all([1, 2, 3, 4].map(() => run(...command)))
    expect(finished.map(({ end, stderr }) => ({ end, stderr }))).toEqual(finished.map(() => ({ end: 0, stderr: '' })))
    const applied = finished.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean))
    expect(applied.sort()).toEqual(names)
    await fresh.remove()
  })
})
