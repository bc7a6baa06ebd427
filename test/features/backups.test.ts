import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import Sqlite from '../../db/sqlite/driver.mjs'
import { BackupSchedule } from '../../features/backups/schedule.ts'
import { backupsService } from '../../features/backups/service.ts'
import { keptOf, outlived } from '../../features/backups/retention.ts'
import { auditLogger } from '../../plugins/audit-logger.ts'
import { idempotency } from '../../plugins/idempotency.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers, postgres } from '../support/databases.ts'
import { withApiToken } from '../support/tokens.ts'

const url = '/api/backups'
const NOWHERE = 'panelist-20200101T030000Z.db.gz'
const NAME = /^panelist-\d{8}T\d{6}Z\.db\.gz$/

describe.each(drivers)('backups on $name refuse', driver => {
  let t: TestApp
  let as: Record<'admin' | 'talent' | 'interviewer' | 'script', SignedIn>

  beforeAll(async () => {
    t = await testApp({}, driver)
    const admin = await t.signedIn('admin')
    const [talent, interviewer] = [await t.signedIn('talent'), await t.signedIn('interviewer')]
    const script = await withApiToken(t, admin, 'audit:read', 'audit:write')
    as = { admin, talent, interviewer, script }
  })
  afterAll(() => t.close())

  const asked: [string, 'GET' | 'POST', string][] = [
    ['lists them', 'GET', url],
    ['makes one', 'POST', url],
    ['looks at one', 'GET', `${url}/${NOWHERE}`],
    ['downloads one', 'GET', `${url}/${NOWHERE}/download`],
  ]
  it.each(asked)(
    'a stranger, talent, an interviewer and a token without the scope who %s',
    async (_what, method, url) => {
      expect((await t.call({ method, url })).body).toMatchObject({ statusCode: 401, code: 'UNAUTHORIZED' })
      for (const who of ['talent', 'interviewer', 'script'] as const) {
        expect((await t.call({ method, url, as: as[who] })).body).toMatchObject({ statusCode: 403, code: 'FORBIDDEN' })
      }
    },
  )

  it.each([
    '..%2f..%2fpanelist.db',
    '.lock',
    'panelist-20200101T030000Z.db.gz.sha256',
    '.panelist-20200101T030000Z.db.partial',
    'panelist-20200101T030000Z.db.gz%00',
  ])('the name %s, which is none', async name => {
    for (const end of ['', '/download']) {
      const { body } = await t.get(`${url}/${name}${end}`, as.admin)
      expect(body).toMatchObject({ statusCode: 400, code: 'VALIDATION' })
    }
  })

  it('one that is not there, or, where the database is a server, to have any', async () => {
    for (const [, method, path] of asked.filter(([, method]) => method === 'GET')) {
      const { status, body } = await t.call({ method, url: path, as: as.admin })
      if (driver === postgres) expect(body).toMatchObject({ statusCode: 409, code: 'BACKUPS_BY_POSTGRESQL' })
      else expect([status, body.code]).toEqual(path === url ? [200, undefined] : [404, 'NOT_FOUND'])
    }
    if (driver !== postgres) return
    const made = await t.post(url, undefined, as.admin)
    expect(made.body).toMatchObject({ statusCode: 409, code: 'BACKUPS_BY_POSTGRESQL' })
  })
})

describe('a backup', () => {
  let t: TestApp
  let admin: SignedIn
  let folder: string

  /** The last row of the journal before the test. */
  let mark: number

  beforeAll(async () => {
    t = await testApp()
    admin = await t.signedIn('admin')
    folder = join(t.folder, 'backups')
  })
  beforeEach(async () => {
    rmSync(folder, { recursive: true, force: true })
    mark = (await t.db.one<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM audit_logs'))?.id ?? 0
  })
  afterAll(() => t.close())

  const make = (headers = {}): Promise<Answer> => t.post(url, undefined, admin, headers)
  const visible = () => readdirSync(folder).filter(name => !name.startsWith('.'))
  const journal = (action: string) =>
    t.db.many(
      'SELECT actor_name AS actor, entity_id AS name FROM audit_logs WHERE entity_type = :type AND action = :action AND id > :mark',
      { type: 'backup', action, mark },
    )

  it('is a whole database with all that was answered before, checked, packed, and for its owner alone', async () => {
    const payload = { name: 'Ada Lovelace', email: 'ada@example.com' }
    const ada = await t.post('/api/interviewers', payload, admin)
    const { status, body, headers } = await make()
    expect(status).toBe(201)
    expect(headers['location']).toBe(`${url}/${body.name}`)
    expect(visible()).toEqual([body.name, `${body.name}.sha256`])
    for (const file of visible()) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const packed = readFileSync(join(folder, body.name))
    const bytes = gunzipSync(packed)
    const sha256 = createHash('sha256').update(packed).digest('hex')
    expect(body).toMatchObject({ sha256, bytes: packed.length, databaseBytes: bytes.length, verified: true })
    expect(readFileSync(join(folder, `${body.name}.sha256`), 'utf8')).toBe(`${sha256}  ${body.name}\n`)
    const copy = new Sqlite(bytes)
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(copy.prepare('SELECT id FROM interviewers').pluck().all()).toEqual([ada.body.id])
    copy.close()
    expect(await journal('create')).toEqual([{ actor: admin.name, name: body.name }])
  })

  it('can be listed, looked at and downloaded, which the journal tells; a known one is not sent again', async () => {
    const { body: first } = await make()
    const { body: second } = await make() // in the same second, so it has waited for the next
    const list = await t.get(url, admin)
    expect(list.body.data.map(({ name }: { name: string }) => name)).toEqual([second.name, first.name])
    expect(second.name > first.name).toBe(true)
    const { name, createdAt, bytes, sha256 } = second
    expect((await t.get(`${url}/${name}`, admin)).body).toEqual({ name, kind: 'manual', createdAt, bytes, sha256 })
    const sent = await t.app.inject({ url: `${url}/${name}/download`, headers: admin.headers })
    expect(sent.headers).toMatchObject({
      'content-type': 'application/gzip',
      'content-disposition': `attachment; filename="${name}"`,
      etag: `"${sha256}"`,
    })
    expect(createHash('sha256').update(sent.rawPayload).digest('hex')).toBe(sha256)
    const again = { url: `${url}/${name}/download`, headers: { ...admin.headers, 'if-none-match': `"${sha256}"` } }
    expect(await t.app.inject(again)).toMatchObject({ statusCode: 304, payload: '' })
    expect(await t.app.inject({ ...again, method: 'HEAD' })).toMatchObject({ statusCode: 405 })
    expect(await journal('download')).toEqual([{ actor: admin.name, name }])
  })

  it('is made once for an Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'nightly' }
    const first = await make(key)
    const again = await make(key)
    expect(again.body).toEqual(first.body)
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' })
    expect(await journal('create')).toHaveLength(1)
  })

  it('is refused while another is being made, by whomever, and made afterwards', async () => {
    mkdirSync(folder)
    const unlock = t.db.snapshots?.lock(join(folder, '.lock'))
    expect((await make()).body).toMatchObject({ statusCode: 409, code: 'BACKUP_IN_PROGRESS' })
    unlock?.()
    expect((await make()).status).toBe(201)
  })

  it('clears up after those that were killed, and leaves alone what is not of its making', async () => {
    mkdirSync(folder)
    const left = [
      '.panelist-20260101T030000Z.db.partial',
      '.panelist-20260101T030000Z.db.partial-journal',
      '.panelist-20260101T030000Z.db.gz.partial',
      '.panelist-20260101T030000Z.db.gz.sha256.partial',
      'panelist-20260101T030000Z.db.gz.sha256',
    ]
    const others = ['notes.txt', 'panelist-20260101T030000Z.db', '.hidden']
    for (const name of [...left, ...others]) writeFileSync(join(folder, name), '')
    const { body } = await make()
    expect(readdirSync(folder).sort()).toEqual(['.lock', ...others, body.name, `${body.name}.sha256`].sort())
  })

  it('that cannot be written says why, without a path, and leaves what there was', async () => {
    writeFileSync(folder, 'a file where the folder should be')
    const { body, headers } = await make()
    expect(body).toMatchObject({
      statusCode: 503,
      code: 'BACKUP_FAILED',
      message: 'No backup was made: the folder of the backups cannot be written to',
    })
    expect(headers).toMatchObject({ 'retry-after': '60' })
    expect(await journal('create')).toEqual([])
    expect(readFileSync(folder, 'utf8')).toBe('a file where the folder should be')
  })

  it('can be made and fetched by a script, with a token that has the scope', async () => {
    const script = await withApiToken(t, admin, 'backups:read', 'backups:write')
    const made = await t.post(url, undefined, script)
    expect(made.status).toBe(201)
    expect((await t.get(`${url}/${made.body.name}/download`, script)).status).toBe(200)
  })

  it('that is under way when the program ends is ended, and nothing of it stays', async () => {
    const parts = { db: t.db, audit: auditLogger, idempotency: idempotency(t.db), folder }
    const backups = backupsService(parts)
    const making = backups.createScheduled('2026-01-01T00:00:00.000Z')
    const ended = expect(making).rejects.toMatchObject({ code: 'BACKUP_FAILED' })
    while (!existsSync(folder) || readdirSync(folder).length < 2) await new Promise(setImmediate)
    await backups.close()
    await ended
    expect(readdirSync(folder)).toEqual(['.lock'])
  })
})

describe('the schedule of backups', () => {
  it('makes one for each time it names, whatever the number of processes, and says what it could not do', async () => {
    const t = await testApp()
    const folder = join(t.folder, 'backups')
    const parts = { db: t.db, audit: auditLogger, idempotency: idempotency(t.db) }
    const process = (of = folder) =>
      new BackupSchedule('* * * * *', backupsService({ ...parts, folder: of }), t.app.log)
    const now = new Date()
    await Promise.all([process().run(now), process().run(now)]) // at the same moment
    await process().run(now) // and a little later
    expect(readdirSync(folder).filter(name => NAME.test(name))).toHaveLength(1)
    const tomorrow = new Date(now.getTime() + 86_400_000)
    await process().run(tomorrow)
    const rows = await t.db.many(`SELECT actor_name FROM audit_logs WHERE entity_type = 'backup'`)
    expect(rows).toEqual([{ actor_name: 'backup schedule' }, { actor_name: 'backup schedule' }])
    await process(join(folder, '.lock')).run(tomorrow)
    const failures = t.log.map(line => JSON.parse(line)).filter(({ level }) => level === 'error')
    expect(failures).toMatchObject([{ msg: 'the scheduled backup was not made' }])
    await t.close()
  })
})

describe('F33 a backup', () => {
  it('of the schedule that was missed is made up for at start, once, whatever was made by hand', async () => {
    const t = await testApp()
    const admin = await t.signedIn('admin')
    const backups = async () => (await t.get(url, admin)).body.data
    const at = (now: Date) =>
      new BackupSchedule(
        '0 3 * * *',
        backupsService({
          db: t.db,
          audit: auditLogger,
          idempotency: idempotency(t.db),
          folder: join(t.folder, 'backups'),
        }),
        t.app.log,
      ).makeUp(now)
    await at(new Date()) // the database is younger than the last night
    expect(await backups()).toEqual([])
    const { body: manual } = await t.post(url, undefined, admin)
    await t.db.run(`UPDATE schema_migrations SET applied_at = '2026-01-01T00:00:00.000Z'`)
    await at(new Date())
    await at(new Date())
    const made: { kind: string; name: string }[] = await backups()
    expect(made.map(({ kind }) => kind).sort()).toEqual(['manual', 'scheduled'])
    expect(made.find(({ kind }) => kind === 'manual')?.name).toBe(manual.name)
    await t.close()
  })

  it('by hand stays, 30 of them, and takes no place of those of the schedule', () => {
    const time = (minute: number) => `panelist-20261121T03${String(minute).padStart(2, '0')}00Z`
    const manual = Array.from({ length: 32 }, (_, minute) => `${time(minute)}_manual.db.gz`)
    const scheduled = [`${time(1)}.db.gz`, `${time(2)}.db.gz`]
    expect(outlived([...manual, ...scheduled]).sort()).toEqual([scheduled[0], manual[0], manual[1]].sort())
  })
})

describe('what is kept', () => {
  const DAY = 86_400_000
  const instants = fc
    .array(fc.date({ min: new Date('2023-12-20'), max: new Date('2026-02-01'), noInvalidDate: true }), {
      maxLength: 60,
    })
    .map(dates => [...new Set(dates.map(date => `${date.toISOString().slice(0, 19)}.000Z`))])

  /** The Monday of its week, as the number of days since 1970. */
  const weekOf = (instant: string) => Math.floor((Math.floor(Date.parse(instant) / DAY) + 3) / 7)
  const PERIODS: [number, (instant: string) => string | number][] = [
    [7, instant => instant.slice(0, 10)],
    [4, weekOf],
    [6, instant => instant.slice(0, 7)],
  ]

  /** One instant at a time: is it the newest of its day, week or month, and how many later ones have a backup? */
  function isKept(instant: string, all: readonly string[]): boolean {
    return PERIODS.some(([keep, periodOf]) => {
      const later = all.filter(other => other > instant)
      const own = periodOf(instant)
      return later.every(other => periodOf(other) !== own) && new Set(later.map(periodOf)).size < keep
    })
  }

  it('is the newest of 7 days, 4 weeks and 6 months that have one, always the newest of all, and no more', () => {
    fc.assert(
      fc.property(instants, all => {
        const kept = keptOf(all)
        expect([...kept].sort()).toEqual(all.filter(instant => isKept(instant, all)).sort())
        expect(kept.size).toBeLessThanOrEqual(17)
        const newest = [...all].sort().at(-1)
        if (newest !== undefined) expect(kept).toContain(newest)
      }),
    )
  })

  it('is the same on the second look, and what is gone today does not come to be missed tomorrow', () => {
    fc.assert(
      fc.property(instants, all => {
        const sorted = [...all].sort()
        let held: string[] = []
        for (const instant of sorted) held = [...keptOf([...held, instant])]
        expect(keptOf(held)).toEqual(new Set(held))
        expect(held.sort()).toEqual([...keptOf(sorted)].sort())
      }),
    )
  })

  it('begins a week on Monday, also where a year ends in it', () => {
    // Monday 2024-12-30 and Sunday 2025-01-05 are of one week. Seven newer days leave them to the weeks.
    const newer = ['06', '07', '08', '09', '10', '11', '12'].map(day => `2025-01-${day}T03:00:00.000Z`)
    const kept = keptOf([...newer, '2024-12-30T03:00:00.000Z', '2025-01-05T03:00:00.000Z', '2025-01-01T03:00:00.000Z'])
    expect(kept).toContain('2025-01-05T03:00:00.000Z')
    expect(kept).not.toContain('2025-01-01T03:00:00.000Z')
    expect(kept).toContain('2024-12-30T03:00:00.000Z') // the newest of December
  })
})
