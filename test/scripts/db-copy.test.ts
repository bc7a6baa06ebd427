import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { copyDatabase } from '../../db/copy.ts'
import type { Database } from '../../db/database.ts'
import { openDatabase } from '../../db/open.ts'
import { faultsOfSearch } from '../support/search-index.ts'
import Sqlite from '../../db/sqlite/driver.mjs'
import { tablesToCopy, type Table } from '../../db/tables.ts'
import { makeDemoData } from '../../scripts/demo/make.ts'
import { drivers, postgres, sqlite, type TestPlace } from '../support/databases.ts'
import { countOf, insertAuditLog, insertClaim, insertEvent, insertUser } from '../support/rows.ts'
import { runScript } from '../support/scripts.ts'

const STATS = 'SELECT total_users, last_updated FROM user_stats'
const ROW_COUNTS = 'SELECT table_name, total FROM row_counts ORDER BY table_name'
const DRIVERS = { sqlite, postgres }

/** All there are, without those in which FTS5 keeps one of its own. */
const TABLES = {
  sqlite: `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')
    AND name NOT LIKE 'sqlite%'`,
  postgres: `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()
    AND table_type = 'BASE TABLE'`,
}
/** What a database of either kind makes by itself. */
const DERIVED = [
  ...['row_counts', 'user_stats', 'table_versions', 'schema_migrations'],
  ...['interviewers_search', 'events_search', 'tasks_search', 'users_search'],
]

let source: TestPlace
let copied: readonly Table[]
/** What the source holds, by table. */
let held: Record<string, unknown[]>

beforeAll(async () => {
  source = await sqlite.place()
  await using(source.url, async database => {
    await makeDemoData(database, { seed: 1, interviewers: 20, events: 60 })
    await addAccounts(database)
    copied = await tablesToCopy(database)
    held = await everything(database)
  })
})
afterAll(() => source.remove())

/** Accounts with what hangs on them: in awkward orders, with doubles, and more than one page of some. */
async function addAccounts(database: Database): Promise<void> {
  await database.transaction(async tx => {
    for (const id of ['b', 'B', 'é', 'ż', '😀', '0']) await insertUser(tx, id, `${id.codePointAt(0) ?? 0}@example.com`)
    await tx.run(`INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, user_agent)
      VALUES ('s', 'b', '2026-01-01', '2026-01-01', '2026-02-01', 'O''Brien''s "browser" \\ :x')`)
    for (const hash of ['h1', 'h2']) {
      await tx.run(`INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES (:hash, 's', '2026-01-01')`, {
        hash,
      })
    }
    await tx.run(`INSERT INTO idempotency_keys (principal, route, key, body_hash, result, expires_at)
      VALUES ('b', 'POST /', 'k', 'x', '{}', '2026-01-02'), ('b', 'POST /', 'K', 'x', '{}', '2026-01-02')`)
    for (let number = 0; number < 450; number += 1) {
      await tx.run(`INSERT INTO login_failures (account, failed_at) VALUES (:account, '2026-01-01')`, {
        account: `account ${number % 3}`,
      })
      await insertAuditLog(tx, `entity ${number}`)
    }
  })
}

async function everything(database: Database): Promise<Record<string, unknown[]>> {
  const tables: Record<string, unknown[]> = {}
  for (const { name, order } of copied) {
    tables[name] = await database.many(`SELECT * FROM ${name} ORDER BY ${order.join(', ')} LIMIT 10000`)
  }
  return { ...tables, stats: await database.many(STATS), rowCounts: await database.many(ROW_COUNTS) }
}

async function using<Result>(url: string, work: (database: Database) => Promise<Result>): Promise<Result> {
  const { database } = await openDatabase(url)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

describe.each(drivers)('the tables that are copied from $name', driver => {
  let database: Database
  let close: () => Promise<void>

  beforeAll(async () => {
    ;({ database, close } = await driver.open())
  })
  afterAll(() => close())

  it('are all there are, but for those a database keeps by itself', async () => {
    const names = (await tablesToCopy(database)).map(({ name }) => name)
    const tables = (await database.many<{ name: string }>(TABLES[driver.name])).map(({ name }) => name)
    const derived = driver.name === 'sqlite' ? ['search_numbers', ...DERIVED] : DERIVED
    expect([...names, ...derived].sort()).toEqual(tables.sort())
  })

  it('come after those they refer to, by their key or else by all columns', async () => {
    const tables = await tablesToCopy(database)
    const places = new Map(tables.map(({ name }, place) => [name, place]))
    const references = await database.many<{ table: string; target: string }>(database.dialect.references)
    expect(references).toContainEqual({ table: 'tasks', target: 'events' })
    for (const { table, target } of references.filter(({ table }) => !DERIVED.includes(table))) {
      expect(places.get(table), `${table} and ${target}`).toBeGreaterThan(places.get(target) ?? NaN)
    }
    expect(tables.map(({ name }) => name)).toEqual(copied.map(({ name }) => name))
    expect(tables).toContainEqual({ name: 'event_panel', order: ['event_id', 'interviewer_id'], unique: true })
    expect(tables).toContainEqual({ name: 'login_failures', order: ['account', 'failed_at', 'network'], unique: false })
  })
})

describe('a copy', () => {
  const places: TestPlace[] = []
  const place = async (name: 'sqlite' | 'postgres', state: 'migrated' | 'empty' = 'empty') => {
    const made = await DRIVERS[name].place(state)
    places.push(made)
    return made
  }

  afterEach(async () => {
    for (const made of places.splice(0)) await made.remove()
  })

  it('to PostgreSQL, within it and back is equal in every table, and goes on from there', async () => {
    const [server, other, back] = [await place('postgres'), await place('postgres'), await place('sqlite')]
    const steps: string[] = []
    const there = await copyDatabase(source.url, server.url, ({ step, done, total }) => {
      steps.push(step)
      expect(done).toBeLessThanOrEqual(total)
    })
    expect(there.find(({ table }) => table === 'login_failures')?.rows).toBe(450)
    expect(steps.at(-1)).toBe('comparing tasks')
    await using(server.url, async database => {
      expect(await everything(database)).toEqual(held)
      expect(await faultsOfSearch(database)).toEqual([])
    })
    expect(await copyDatabase(server.url, other.url)).toEqual(there)
    expect(await copyDatabase(other.url, back.url)).toEqual(there)
    await using(back.url, async database => {
      expect(await everything(database)).toEqual(held)
      expect(await faultsOfSearch(database)).toEqual([])
    })
    expect(readdirSync(back.folder)).toEqual(['panelist.db'])
    for (const { url } of [server, back]) {
      await using(url, async database => {
        await insertAuditLog(database, 'next')
        const last = await database.one(`SELECT id, entity_id FROM audit_logs ORDER BY id DESC LIMIT 1`)
        expect(last).toEqual({ id: (held['audit_logs']?.length ?? 0) + 1, entity_id: 'next' })
        await insertUser(database, 'new')
        await insertEvent(database, 'new')
        expect(await database.one(STATS)).toMatchObject({ total_users: 7 })
        expect(await database.one(`SELECT total FROM row_counts WHERE table_name = 'events'`)).toEqual({ total: 61 })
        expect(database.changedTables()).toEqual(expect.arrayContaining(['users', 'events']))
      })
    }
  })

  it.each(['sqlite', 'postgres'] as const)('fills a database of %s that is migrated and without rows', async name => {
    const target = await place(name, 'migrated')
    await copyDatabase(source.url, target.url)
    await using(target.url, async database => expect(await everything(database)).toEqual(held))
  })

  it.each(['sqlite', 'postgres'] as const)('refuses a database of %s with rows, and leaves it alone', async name => {
    const target = await place(name, 'migrated')
    await using(target.url, database => insertEvent(database, 'mine'))
    await expect(copyDatabase(source.url, target.url)).rejects.toThrow('not empty: there are rows in events')
    await using(target.url, async database => {
      expect(await countOf(database, 'events')).toBe(1)
      expect(await countOf(database, 'interviewers')).toBe(0)
    })
  })

  it('refuses a file that is not a database of this program, and one that is in use', async () => {
    const target = await place('sqlite')
    const file = target.url.slice('file:'.length)
    const stranger = new Sqlite(file)
    stranger.exec('CREATE TABLE recipes (name TEXT)')
    stranger.close()
    await expect(copyDatabase(source.url, target.url)).rejects.toThrow('is not a database of this program')
    const used = await place('sqlite', 'migrated')
    await using(used.url, async () => {
      await expect(copyDatabase(source.url, used.url)).rejects.toThrow('in use by another program')
    })
  })

  it.each(['sqlite', 'postgres'] as const)('refuses to copy a database of %s onto itself', async name => {
    const { url } = await place(name, 'migrated')
    await expect(copyDatabase(url, url)).rejects.toThrow('the same database')
  })

  it('refuses a source that is not there, or has not had all migrations', async () => {
    const [missing, target] = [await place('sqlite'), await place('sqlite')]
    await expect(copyDatabase(missing.url, target.url)).rejects.toThrow('There is no database at')
    expect(readdirSync(missing.folder)).toEqual([])
    writeFileSync(missing.url.slice('file:'.length), '')
    await expect(copyDatabase(missing.url, target.url)).rejects.toThrow('run npm run migrate')
    expect(readdirSync(target.folder)).toEqual([])
  })

  it('to PostgreSQL that fails half-way leaves no row', async () => {
    const target = await place('postgres', 'migrated')
    await using(target.url, async database => {
      const [claim] = held['claims']?.slice(-1) as { subject: string }[]
      await database.run(`ALTER TABLE claims ADD CHECK (subject <> '${claim?.subject ?? ''}')`)
      const before = await everything(database)
      await expect(copyDatabase(source.url, target.url)).rejects.toThrow('check constraint failed')
      expect(await everything(database)).toEqual(before)
      expect(before['audit_logs']).toEqual([])
    })
  })

  it('to a file that fails half-way leaves no file, and a left-over does not hinder the next', async () => {
    const [broken, target] = [await place('sqlite'), await place('sqlite')]
    copyFileSync(source.url.slice('file:'.length), broken.url.slice('file:'.length))
    await using(broken.url, async database => {
      await database.run('DROP TRIGGER claims_no_overlap_insert')
      for (const [eventId, minute] of [
        ['x', '00'],
        ['y', '01'],
      ] as const) {
        await insertEvent(database, eventId)
        const startsAt = `2026-03-02T09:${minute}:00.000Z`
        await insertClaim(database, { subject: 'x', startsAt, endsAt: '2026-03-02T10:00:00.000Z', eventId })
      }
    })
    await expect(copyDatabase(broken.url, target.url)).rejects.toThrow('claims_no_overlap')
    expect(readdirSync(target.folder)).toEqual([])
    for (const end of ['', '-wal', '-shm']) writeFileSync(join(target.folder, `panelist.db.copying${end}`), 'left over')
    await copyDatabase(source.url, target.url)
    expect(readdirSync(target.folder)).toEqual(['panelist.db'])
  })

  it.each(['sqlite', 'postgres'] as const)('to %s keeps nothing of a source that is written to', async name => {
    const [copied, target] = [await place('sqlite'), await place(name)]
    const file = copied.url.slice('file:'.length)
    copyFileSync(source.url.slice('file:'.length), file)
    const writer = new Sqlite(file)
    const interfere = ({ step }: { step: string }) => {
      if (step === 'comparing users')
        writer.exec(`UPDATE events SET title = 'Other' WHERE id = (SELECT min(id) FROM events)`)
    }
    await expect(copyDatabase(copied.url, target.url, interfere)).rejects.toThrow(
      'events is not the same on both sides: the source was written to',
    )
    writer.close()
    if (name === 'sqlite') expect(readdirSync(target.folder)).toEqual([])
    else await using(target.url, async database => expect(await countOf(database, 'events')).toBe(0))
  })

  it('names a counter of users that had miscounted', async () => {
    const [wrong, target] = [await place('sqlite'), await place('sqlite')]
    copyFileSync(source.url.slice('file:'.length), wrong.url.slice('file:'.length))
    await using(wrong.url, database => database.run('UPDATE user_stats SET total_users = 99'))
    await expect(copyDatabase(wrong.url, target.url)).rejects.toThrow('npm run usercount:recalculate')
    expect(existsSync(target.url.slice('file:'.length))).toBe(false)
  })
})

describe('db:copy', () => {
  let server: TestPlace
  const copy = (...args: string[]) => runScript(source.url, 'db-copy', args)

  beforeEach(async () => {
    server = await postgres.place('empty')
  })
  afterEach(() => server.remove())

  it('copies in both directions and tells the rows and the checksum of each table', async () => {
    const there = await copy('--from', source.url, '--to', server.url)
    expect(there).toMatchObject({ end: 0, stdout: expect.stringMatching(/^events +60 {2}[0-9a-f]{12}$/m) })
    const back = await copy('--from', server.url, '--to', `file:${join(server.folder, 'back.db')}`)
    expect({ end: back.end, stderr: back.stderr }).toEqual({ end: 0, stderr: '' })
    expect(tableOf(back.stdout)).toEqual(tableOf(there.stdout))
    expect(tableOf(back.stdout)).toHaveLength(copied.length)
  })

  it('ends with a sentence, and never shows a password', async () => {
    const secret = 'postgres://me:pass-word@127.0.0.1:1/none'
    const answers = await Promise.all([
      copy('--from', source.url, '--to', secret),
      copy('--from', source.url, '--to', secret.replace('postgres', 'mysql')),
      copy('--from', source.url, `--too=${secret}`),
    ])
    expect(answers.map(({ end }) => end)).toEqual([1, 1, 1])
    expect(answers[0].stderr).toMatch(/postgres:\/\/127\.0\.0\.1:1\/none cannot be opened: .+\n$/)
    expect(answers[1].stderr).toContain('It begins with file: or postgres://.')
    expect(JSON.stringify(answers)).not.toContain('pass-word')
  })

  it('explains itself', async () => {
    expect(await copy('--help')).toMatchObject({ end: 0, stdout: expect.stringContaining('Stop the program first') })
  })
})

/** The lines about tables of what the program has printed. */
function tableOf(stdout: string): string[] {
  return stdout.split('\n').filter(line => /^\w+ +\d+ {2}[0-9a-f]{12}$/.test(line))
}
