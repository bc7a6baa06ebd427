// The drill: a server under load is backed up, its database is damaged, and the backup is restored. Then what may go
// wrong with a backup: a disk that is full, a process that is killed.
import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setImmediate as nextLoop } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../db/database.ts'
import { prepareRestore } from '../../db/restore.ts'
import { faultsOfSearch } from '../support/search-index.ts'
import { makeBackup } from '../../features/backups/making.ts'
import { runScript } from '../support/scripts.ts'
import { attemptAll, randomBookings } from './support/bookings.ts'
import { home, type Home, type Server } from './support/home.ts'
import { expectSound } from './support/soundness.ts'

const BOOKINGS = 200

let house: Home
let folder: string
let url: string
beforeEach(async () => {
  house = await home(60)
  folder = join(house.folder, 'backups')
  url = house.environment['DATABASE_URL'] ?? ''
  await house.look(database => database.run(`UPDATE users SET role = 'admin' WHERE id = :id`, { id: house.staff.id }))
})
afterEach(() => house.close())

const backUp = (server: Server) => server.call('/api/backups', { method: 'POST' })
const restore = (file: string, ...options: string[]) =>
  runScript(url, 'restore', [file, ...options], { env: house.environment })
/** Made by this process, as by any other on the same machine. */
const madeHere = () =>
  house.look(async ({ snapshots }) => {
    const made = snapshots && (await makeBackup({ snapshots, folder }))
    return made ?? expect.fail('no backup was made')
  })
const fileOf = (name: string) => join(folder, name)

/** What is derived from tables, against the tables: lines that tell what differs. A restored database has none. */
const DERIVED: ((database: Database) => Promise<string[]>)[] = [faultsOfCounts, faultsOfUserCount, faultsOfSearch]

async function faultsOfCounts(database: Database): Promise<string[]> {
  const counted = await database.many<{ name: string; total: number }>(
    'SELECT table_name AS name, total FROM row_counts',
  )
  expect(counted.length).toBeGreaterThan(3)
  const faults: string[] = []
  for (const { name, total } of counted) {
    const row = await database.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${name}`)
    if (row?.rows !== total) faults.push(`${name}: ${String(row?.rows)} rows, ${total} counted`)
  }
  return faults
}

async function faultsOfUserCount(database: Database): Promise<string[]> {
  const kept = await database.one('SELECT total_users AS users FROM user_stats')
  const counted = await database.one('SELECT count(*) AS users FROM users')
  return JSON.stringify(kept) === JSON.stringify(counted) ? [] : [`users: ${JSON.stringify({ kept, counted })}`]
}

describe('a restore', () => {
  it('brings back everything that was answered before the backup began, from a server that went on writing', async () => {
    const server = await house.serve()
    const before: string[] = []
    let backup: ReturnType<typeof backUp> | undefined
    const bookings = randomBookings(house.interviewers, 'drill', BOOKINGS, { days: 60 })
    const attempts = await attemptAll(bookings, 8, server.book, ({ status, id }) => {
      if (backup) return
      if (status === 201 && id !== undefined) before.push(id)
      if (before.length === BOOKINGS / 4) backup = backUp(server)
    })
    const made = await backup
    expect(made?.status).toBe(201)
    const name: string = made?.body.name
    await expect(prepareRestore(fileOf(name), url)).rejects.toThrow('stop the server first')
    await server.stop()
    await house.look(database => expectSound(database, attempts))

    damage(house.path)
    const refused = await house.refused()
    expect(refused).toMatchObject({ end: 1, stderr: expect.stringContaining('cannot be opened') })
    const damaged = readFileSync(house.path)
    const restored = await restore(fileOf(name), '--yes', '--keep-credentials')
    expect(restored).toMatchObject({ end: 0, stderr: '', stdout: expect.stringContaining('will live again') })
    const kept = /The old file is (.+)/.exec(restored.stdout)?.[1] ?? ''
    expect(damaged.equals(readFileSync(kept))).toBe(true)
    expect(statSync(house.path).mode & 0o777).toBe(0o600)

    const again = await house.serve()
    for (const id of before) expect((await again.call(`/api/events/${id}`)).status).toBe(200)
    const after = await attemptAll(randomBookings(house.interviewers, 'after', 20, { days: 60 }), 4, again.book)
    await again.stop()
    await house.look(async database => {
      const titles = new Set((await database.many<{ title: string }>('SELECT title FROM events')).map(row => row.title))
      // Of those that were under way meanwhile each is in it whole or not at all.
      const held = attempts.filter(({ booking, status }) => status === 201 && titles.has(booking.title))
      await expectSound(database, [...held, ...after])
      for (const faultsOf of DERIVED) expect(await faultsOf(database)).toEqual([])
    })
  })

  it('takes no file that is cut short, changed, not of Panelist or of a newer release, and changes nothing', async () => {
    const { name } = await madeHere()
    const bytes = readFileSync(fileOf(name))
    const held = readFileSync(house.path)
    const given = (file: string, content: Buffer | string) => {
      writeFileSync(join(house.folder, file), content)
      return join(house.folder, file)
    }
    const changed = given('changed.db.gz', bytes.subarray(0, -9))
    writeFileSync(`${changed}.sha256`, readFileSync(`${fileOf(name)}.sha256`))
    const cases: [string, string][] = [
      [changed, 'is not what its checksum was made of'],
      [given('short.db.gz', bytes.subarray(0, bytes.length / 2)), 'cannot be unpacked'],
      [given('words.db', 'These are words.'.repeat(400)), 'file is not a database'],
      [given('empty.db', ''), 'The backup is not one of Panelist'],
      [join(house.folder, 'nothing.db.gz'), 'There is no file'],
    ]
    for (const [file, why] of cases) {
      await expect(prepareRestore(file, url), file).rejects.toThrow(why)
    }
    expect(await restore(fileOf(name))).toMatchObject({ end: 1, stderr: expect.stringContaining('--yes') })
    expect(held.equals(readFileSync(house.path))).toBe(true)
    expect(readdirSync(house.folder).filter(file => file.includes('restore'))).toEqual([])
  })
})

describe('a backup', () => {
  it('that the disk has no room for says so, leaves nothing, and those before stay', async () => {
    const { name } = await madeHere()
    const full = await house.serve({ strace: ofCopies('inject=pwrite64:error=ENOSPC:when=20+') })
    const { status, body } = await backUp(full)
    expect({ status, body }).toMatchObject({
      status: 503,
      body: { code: 'BACKUP_FAILED', message: expect.stringContaining('no room left') },
    })
    expect(readdirSync(folder).sort()).toEqual(['.lock', name, `${name}.sha256`])
    expect(await full.call('/health')).toMatchObject({ status: 200 })
    await full.stop()
  })

  it('of the command line is made beside a server; one that is killed leaves nothing that looks like one', async () => {
    const server = await house.serve()
    const made = await runScript(url, 'backup', [], { env: house.environment })
    expect(made).toMatchObject({ end: 0, stderr: expect.any(String) })
    const name = basename(/panelist-\w+\.db\.gz/.exec(made.stdout)?.[0] ?? '')
    expect((await server.call(`/api/backups/${name}`)).status).toBe(200)

    void server.call('/api/backups', { method: 'POST' }).catch(() => undefined)
    while (!readdirSync(folder).some(file => file.endsWith('.partial'))) await nextLoop()
    server.signal('SIGKILL')
    await server.finished
    const left = readdirSync(folder).filter(file => file.includes('partial'))
    expect(left).not.toEqual([])
    const next = await madeHere()
    const whole = [name, next.name].flatMap(made => [made, `${made}.sha256`])
    expect(readdirSync(folder).sort()).toEqual(['.lock', ...whole])
  })
})

/** Options of strace for the files that a copy is written to, which are named after the second it begins in. */
function ofCopies(inject: string): string[] {
  const seconds = Array.from({ length: 60 }, (_, second) => new Date(Date.now() + second * 1000).toISOString())
  const times = seconds.map(time => `${time.slice(0, 19).replaceAll(/[-:]/g, '')}Z`)
  const files = times.flatMap(time => ['-P', join(folder, `.panelist-${time}_manual.db.partial`)])
  return [...files, '-e', 'trace=pwrite64', '-e', inject, '-o', '/dev/null']
}

/** Overwrites the second page and all that follow for a while, as a disk does that goes bad. */
function damage(path: string): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(64 * 1024, 0x5a), 0, 64 * 1024, 4096)
  closeSync(file)
}
