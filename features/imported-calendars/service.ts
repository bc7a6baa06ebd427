import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Queryable, Transaction } from '../../db/database.ts'
import type { Caller } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found, ValidationError } from '../../plugins/errors.ts'
import type { SafeFetch } from './fetching.ts'
import { newId } from '../../domain/lists/fields.ts'
import { visibleInterviewer } from '../../domain/panels/interviewer.ts'
import { expand, readAgain, readUrl, standingAfter, type Reading } from './reading.ts'
import { importedCalendarsRepository, type NewRow } from './repository.ts'
import type { CalendarUrl, ImportedCalendar, ImportedCalendarQuery } from './schemas.ts'
import { ENTITY, keep, entryOf } from './updates.ts'

const MOST_CALENDARS = 20
const NOTHING = { text: null, etag: null, lastModified: null }

const CalendarsFull = createError<[number]>(
  'CALENDARS_FULL',
  'There is no room for another calendar: an interviewer has at most %d; remove one first',
  409,
)

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency'> & { readonly fetch: SafeFetch }

type New = Omit<NewRow, 'id'>

export const importedCalendarsService = (parts: Parts) => ({
  list: async (viewer: Caller, interviewerId: string, query: ImportedCalendarQuery) => {
    await visibleInterviewer(parts.db, viewer, interviewerId)
    return importedCalendarsRepository(parts.db).list(interviewerId, query)
  },

  find: (viewer: Caller, interviewerId: string, id: string) => visibleCalendar(parts.db, viewer, interviewerId, id),

  /** Throws a ValidationError for a text that cannot be read; nothing of it stays. */
  upload: async (actor: Caller, interviewerId: string, text: string): Promise<ImportedCalendar> => {
    const { timezone } = await visibleInterviewer(parts.db, actor, interviewerId)
    const reading = await expand(text, timezone)
    if (reading.kind === 'failed') throw new ValidationError('/body', null, reading.problem)
    const content = { ...NOTHING, text }
    const upload = { interviewerId, name: 'Uploaded calendar', source: 'upload', url: null, host: null } as const
    return add(parts, actor, upload, { ...reading, content })
  },

  /** Throws a ValidationError for an address that nobody would ask; whose server does not answer well is kept. */
  subscribe: async (actor: Caller, interviewerId: string, { url, name }: CalendarUrl): Promise<ImportedCalendar> => {
    const { timezone } = await visibleInterviewer(parts.db, actor, interviewerId)
    const reading = await readUrl(parts.fetch, url, timezone)
    if (reading.kind === 'failed' && reading.lasting === true) throw new ValidationError('/url', null, reading.problem)
    const { host } = new URL(url)
    return add(parts, actor, { interviewerId, name: name ?? host, source: 'url', url, host }, reading)
  },

  /** Reads it at once, outside any transaction, as its server may take its time. */
  refresh: async (
    actor: Caller,
    interviewerId: string,
    id: string,
    expected: ExpectedVersions,
  ): Promise<ImportedCalendar> => {
    const { db, audit, fetch } = parts
    const known = importedCalendarsRepository(db)
    assertVersion((await visibleCalendar(db, actor, interviewerId, id)).version, expected)
    const reading = await readAgain(fetch, found(await known.source(id), 'calendar'), () => known.text(id))
    return db.transaction(async tx => {
      const before = await visibleCalendar(tx, actor, interviewerId, id)
      assertVersion(before.version, expected)
      await keep(tx, found(await importedCalendarsRepository(tx).source(id), 'calendar'), reading)
      const after = await visibleCalendar(tx, actor, interviewerId, id)
      await audit.record(tx, actor, { action: 'calendar_refreshed', ...of(interviewerId), ...entryOf(before, after) })
      return after
    })
  },

  remove: (actor: Caller, interviewerId: string, id: string, expected: ExpectedVersions): Promise<void> =>
    parts.db.transaction(async tx => {
      const before = await visibleCalendar(tx, actor, interviewerId, id)
      assertVersion(before.version, expected)
      await importedCalendarsRepository(tx).delete(id)
      const entry = { action: 'calendar_removed', ...of(interviewerId), ...entryOf(before, undefined) }
      await parts.audit.record(tx, actor, entry)
    }),
})

const of = (interviewerId: string) => ({ entityType: ENTITY, entityId: interviewerId })

/** What was read, before this transaction, becomes a calendar of the interviewer. */
async function add(
  { idempotency, audit }: Parts,
  actor: Caller,
  calendar: New,
  reading: Reading,
): Promise<ImportedCalendar> {
  return idempotency.once(actor, async tx => {
    const { interviewerId, source } = calendar
    const calendars = importedCalendarsRepository(tx)
    const { timezone } = await visibleInterviewer(tx, actor, interviewerId)
    await assertRoom(tx, interviewerId)
    const id = newId()
    const standing = standingAfter(reading, { source, timezone, expandedUntil: null, failures: 0 })
    const { content = NOTHING, busy = [] } = reading.kind === 'expanded' ? reading : {}
    await calendars.insert({ id, ...calendar, ...standing, ...content })
    await calendars.putBusy(id, busy)
    const after = found(await calendars.find(interviewerId, id), 'calendar')
    await audit.record(tx, actor, { action: 'calendar_added', ...of(interviewerId), ...entryOf(undefined, after) })
    return after
  })
}

/** Transactions run one after the other, so two cannot take the last place at the same time. */
async function assertRoom(tx: Transaction, interviewerId: string): Promise<void> {
  const taken = await importedCalendarsRepository(tx).countOf(interviewerId)
  if (taken >= MOST_CALENDARS) throw new CalendarsFull(MOST_CALENDARS)
}

async function visibleCalendar(
  sql: Queryable,
  viewer: Caller,
  interviewerId: string,
  id: string,
): Promise<ImportedCalendar> {
  await visibleInterviewer(sql, viewer, interviewerId)
  return found(await importedCalendarsRepository(sql).find(interviewerId, id), 'calendar')
}
