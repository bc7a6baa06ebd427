import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import type { Actor } from '../../plugins/audit-logger.ts'
import type { Principal } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import type { ExportedList } from '../../plugins/exports.ts'
import type { Page } from '../../domain/lists/page.ts'
import type { Seat } from '../../domain/panels/search.ts'
import { admit, newcomers, peopleOf } from './admission.ts'
import { booking, claimsRepository } from './claims.ts'
import { COLUMNS } from './columns.ts'
import { respond, type Call, type Deed } from './deeds.ts'
import { eventFrom, merged } from './drafts.ts'
import { assertSeated, panelFrom } from './panel.ts'
import { eventsRepository } from './repository.ts'
import type {
  BookedEvent,
  Event,
  EventChanges,
  EventExportQuery,
  EventQuery,
  NewEvent,
  Respond,
  Warning,
} from './schemas.ts'
import { panelFor, replacementsFor } from './seating.ts'
import { assertScheduled } from './states.ts'
import { isStaff } from '../../domain/accounts/visibility.ts'

const ENTITY = 'event'

export type EventsParts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency' | 'calendars'>

export const eventsService = (parts: EventsParts) => ({
  /** Staff see every event, an interviewer the own. */
  list: (viewer: Principal, query: EventQuery): Promise<Page<Event>> =>
    eventsRepository(parts.db).list(query, isStaff(viewer) ? undefined : viewer.id),

  /** All of the list, as a file. */
  exported: (viewer: Principal, query: EventExportQuery) => exported(parts, viewer, query),

  find: async (viewer: Principal, id: string): Promise<Event> => {
    const events = eventsRepository(parts.db)
    const event = found(await events.find(id), ENTITY)
    const visible = isStaff(viewer) || (await events.seatOfUser(id, viewer.id)) !== undefined
    return found(visible ? event : undefined, ENTITY)
  },

  /** Books the panel that is named, or for `seats` the fairest that is free. */
  create: (actor: Actor, body: NewEvent): Promise<BookedEvent> => {
    const event = eventFrom(actor, body)
    return booking(parts.db, () => parts.idempotency.once(actor, tx => create(tx, parts, actor, { event, ...body })))
  },

  /** Changes details and panel; a new panel is booked whole or not at all. */
  update: (actor: Principal, id: string, changes: EventChanges, expected: ExpectedVersions): Promise<BookedEvent> =>
    booking(parts.db, () => parts.db.transaction(tx => update(tx, parts, actor, { id, changes, expected }))),

  delete: (actor: Principal, id: string, expected: ExpectedVersions): Promise<void> =>
    parts.db.transaction(async tx => {
      const events = eventsRepository(tx)
      const before = found(await events.find(id), ENTITY)
      assertVersion(before.version, expected)
      await events.delete(id)
      await parts.audit.record(tx, actor, { action: 'delete', entityType: ENTITY, entityId: id, before })
    }),

  /** Does to a booked interview what a deed says: one transaction, one journal row. */
  perform: (call: Call, deed: Deed): Promise<BookedEvent> =>
    booking(parts.db, () => parts.db.transaction(tx => perform(tx, parts, call, deed))),

  /** The interview as it is, with those who could come in somebody's place. */
  proposeInPlaceOf: async ({ id, expected }: Omit<Call, 'actor'>, interviewerId: string): Promise<BookedEvent> => {
    const event = found(await eventsRepository(parts.db).find(id), ENTITY)
    assertVersion(event.version, expected)
    assertScheduled(event, 'replace somebody in')
    assertSeated(event.panel, interviewerId)
    return { ...event, replacements: await replacementsFor(parts.db, parts.calendars, event, interviewerId) }
  },

  /** The caller's own answer. Staff who decline learn who could come in their place. */
  respond: async (call: Call, body: Respond): Promise<BookedEvent> => {
    const event = await eventsService(parts).perform(call, respond(body))
    if (body.response !== 'declined' || !isStaff(call.actor)) return event
    const own = found(await eventsRepository(parts.db).seatOfUser(call.id, call.actor.id), ENTITY)
    return { ...event, replacements: await replacementsFor(parts.db, parts.calendars, event, own) }
  },
})

function exported({ db }: EventsParts, viewer: Principal, query: EventExportQuery): ExportedList<Event> {
  const rows = eventsRepository(db).whole(query, isStaff(viewer) ? undefined : viewer.id)
  return { name: 'events', title: 'Interviews', entityType: ENTITY, asked: query, columns: COLUMNS, rows }
}

async function create(
  tx: Transaction,
  { audit, calendars }: EventsParts,
  actor: Actor,
  { event: planned, seats }: { readonly event: Event; readonly seats?: readonly Seat[] },
): Promise<BookedEvent> {
  const events = eventsRepository(tx)
  const event = seats ? { ...planned, panel: panelFrom(await panelFor(tx, calendars, planned, seats)) } : planned
  const { id, panel, override } = event
  const people = await peopleOf(tx, panel)
  const warnings = await admit(tx, calendars, { event, people, override: override !== null })
  await events.insert(event)
  await events.seat(id, panel)
  await claimsRepository(tx).settle(event, people)
  const after = found(await events.find(id), ENTITY)
  await audit.record(tx, actor, { action: 'create', entityType: ENTITY, entityId: id, after, reason: override?.reason })
  return warned(after, warnings)
}

interface Update {
  readonly id: string
  readonly changes: EventChanges
  readonly expected: ExpectedVersions
}

async function update(
  tx: Transaction,
  { audit, calendars }: EventsParts,
  actor: Principal,
  { id, changes, expected }: Update,
): Promise<BookedEvent> {
  const events = eventsRepository(tx)
  const before = found(await events.find(id), ENTITY)
  assertVersion(before.version, expected)
  if (changes.panel) assertScheduled(before, 'give another panel to')
  const event = merged(before, changes)
  const people = await peopleOf(tx, event.panel)
  const override = changes.override !== undefined
  const warnings = await admit(tx, calendars, { event, people: newcomers(people, before), override })
  await events.update(event)
  if (changes.panel) await events.reseat(id, event.panel)
  if (event.status !== 'cancelled') await claimsRepository(tx).settle(event, people)
  const after = found(await events.find(id), ENTITY)
  const reason = changes.override?.reason
  await audit.record(tx, actor, { action: 'update', entityType: ENTITY, entityId: id, before, after, reason })
  return warned(after, warnings)
}

async function perform(tx: Transaction, parts: EventsParts, call: Call, deed: Deed): Promise<BookedEvent> {
  const { actor, id, expected } = call
  const events = eventsRepository(tx)
  const before = found(await events.find(id), ENTITY)
  await deed.permit?.(tx, call)
  assertVersion(before.version, expected)
  const next = deed.next(before, call)
  await events.update(next)
  const warnings = (await deed.write?.({ tx, rules: parts.calendars, next, before })) ?? []
  if (next.panel !== before.panel) await events.reseat(id, next.panel)
  const after = found(await events.find(id), ENTITY)
  const { action, reason } = deed
  await parts.audit.record(tx, actor, { action, entityType: ENTITY, entityId: id, before, after, reason })
  return warned(after, warnings)
}

function warned(event: Event, warnings: Warning[]): BookedEvent {
  return warnings.length > 0 ? { ...event, warnings } : event
}
