import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Queryable, Transaction } from '../../db/database.ts'
import type { Caller } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found, retryIn, ValidationError } from '../../plugins/errors.ts'
import type { SafeFetch } from './fetching.ts'
import { sharing } from './sharing.ts'
import { KeptLimits } from '../../plugins/rate-limit/kept-limits.ts'
import { newId } from '../../domain/lists/fields.ts'
import { visibleInterviewer } from '../../domain/panels/interviewer.ts'
import { expand, readAgain, readUrl, standingAfter, type Reading } from './reading.ts'
import { importedCalendarsRepository, type NewRow } from './repository.ts'
import type { CalendarUrl, ImportedCalendar, ImportedCalendarQuery } from './schemas.ts'
import { ENTITY, keep, entryOf } from './updates.ts'

const MOST_CALENDARS = 20
const NOTHING = { text: null, etag: null, lastModified: null }

/** Of one calendar, by anybody. */
const REFRESHES = { many: 1, limit: 10, windowMs: 60_000 }

const TooManyRefreshes = createError<[number]>(
  'RATE_LIMITED',
  'This calendar was read often in the last minute; try again in %d seconds',
  429,
)
const CalendarsFull = createError<[number]>(
  'CALENDARS_FULL',
  'There is no room for another calendar: an interviewer has at most %d; remove one first',
  409,
)

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency'> & { readonly fetch: SafeFetch }

type New = Omit<NewRow, 'id'>

export const importedCalendarsService = (parts: Parts) => {
  const refreshes = new KeptLimits()
  const shared = sharing<Reading>()

  return {
    list: async (viewer: Caller, interviewerId: string, query: ImportedCalendarQuery) => {
      await visibleInterviewer(parts.db, viewer, interviewerId)
      return importedCalendarsRepository(parts.db).list(interviewerId, query)
    },

    find: (viewer: Caller, interviewerId: string, id: string) => visibleCalendar(parts.db, viewer, interviewerId, id),

    /** Throws a ValidationError for a text that cannot be read; nothing of it stays. */
    upload: async (
      actor: Caller,
      interviewerId: string,
      text: string,
      signal: AbortSignal,
    ): Promise<ImportedCalendar> => {
      const { timezone } = await visibleInterviewer(parts.db, actor, interviewerId)
      const reading = await expand(text, timezone, { key: actor.id ?? undefined, signal })
      if (reading.kind === 'failed') throw new ValidationError('/body', null, reading.problem)
      const content = { ...NOTHING, text }
      const upload = { interviewerId, name: 'Uploaded calendar', source: 'upload', url: null, host: null } as const
      return add(parts, actor, upload, { ...reading, content })
    },

    /** Throws a ValidationError for an address that nobody would ask; whose server does not answer well is kept. */
    subscribe: async (
      actor: Caller,
      interviewerId: string,
      { url, name }: CalendarUrl,
      signal: AbortSignal,
    ): Promise<ImportedCalendar> => {
      const { timezone } = await visibleInterviewer(parts.db, actor, interviewerId)
      const reading = await readUrl(parts.fetch, url, timezone, { key: actor.id ?? undefined, signal })
      if (reading.kind === 'failed' && reading.lasting === true)
        throw new ValidationError('/url', null, reading.problem)
      const { host } = new URL(url)
      return add(parts, actor, { interviewerId, name: name ?? host, source: 'url', url, host }, reading)
    },

    /** Reads it at once, outside any transaction, as its server may take its time; once for all who ask meanwhile. */
    refresh: async (
      actor: Caller,
      interviewerId: string,
      id: string,
      expected: ExpectedVersions,
      signal: AbortSignal,
    ): Promise<ImportedCalendar> => {
      const { db, audit, fetch } = parts
      const known = importedCalendarsRepository(db)
      assertVersion((await visibleCalendar(db, actor, interviewerId, id)).version, expected)
      const source = found(await known.source(id), 'calendar')
      const reading = await shared(id, signal, ending => {
        assertNotTooOften(refreshes, id)
        return readAgain(fetch, source, () => known.text(id), { key: actor.id ?? undefined, signal: ending })
      })
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
  }
}

const of = (interviewerId: string) => ({ entityType: ENTITY, entityId: interviewerId })

function assertNotTooOften(refreshes: KeptLimits, id: string): void {
  const { granted, leftMs } = refreshes.take({ key: id, ...REFRESHES })
  const seconds = Math.ceil(leftMs / 1000)
  if (granted === 0) throw retryIn(new TooManyRefreshes(seconds), seconds)
}

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
    const { content = NOTHING, busy = '[]' } = reading.kind === 'expanded' ? reading : {}
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
