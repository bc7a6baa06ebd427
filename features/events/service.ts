import type { Database, Transaction } from '../../db/database.ts'
import type { Actor, AuditLogger } from '../../plugins/audit-logger.ts'
import type { Principal } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import type { Idempotency } from '../../plugins/idempotency.ts'
import { newId } from '../ids.ts'
import type { Page } from '../page.ts'
import { admit, newcomers, peopleOf } from './admission.ts'
import { booking, claimsRepository } from './claims.ts'
import type { Call, Deed } from './deeds.ts'
import { timeOf } from './duration.ts'
import { panelFrom } from './panel.ts'
import { eventsRepository } from './repository.ts'
import type { BookedEvent, Event, EventChanges, EventQuery, NewEvent } from './schemas.ts'
import { assertScheduled } from './states.ts'
import { isStaff } from '../staff.ts'

const ENTITY = 'event'

export const eventsService = (db: Database, audit: AuditLogger, idempotency: Idempotency) => ({
  /** Staff see every event, an interviewer the own. */
  list: (viewer: Principal, query: EventQuery): Promise<Page<Event>> =>
    eventsRepository(db).list(query, isStaff(viewer) ? undefined : viewer.id),

  find: async (viewer: Principal, id: string): Promise<Event> => {
    const events = eventsRepository(db)
    const event = found(await events.find(id), ENTITY)
    const visible = isStaff(viewer) || (await events.seatOfUser(id, viewer.id)) !== undefined
    return found(visible ? event : undefined, ENTITY)
  },

  create: (actor: Actor, body: NewEvent): Promise<BookedEvent> => {
    const event = eventFrom(actor, body)
    return booking(db, () => idempotency.once(actor, tx => create(tx, audit, actor, event)))
  },

  /** Changes details and panel; a new panel is booked whole or not at all. */
  update: (actor: Principal, id: string, changes: EventChanges, expected: ExpectedVersions): Promise<BookedEvent> =>
    booking(db, () => db.transaction(tx => update(tx, audit, actor, { id, changes, expected }))),

  delete: (actor: Principal, id: string, expected: ExpectedVersions): Promise<void> =>
    db.transaction(async tx => {
      const events = eventsRepository(tx)
      const before = found(await events.find(id), ENTITY)
      assertVersion(before.version, expected)
      await events.delete(id)
      await audit.record(tx, actor, { action: 'delete', entityType: ENTITY, entityId: id, before })
    }),

  /** Does to a booked interview what a deed says: one transaction, one journal row. */
  perform: (call: Call, deed: Deed): Promise<BookedEvent> =>
    booking(db, () => db.transaction(tx => perform(tx, audit, call, deed))),
})

async function create(tx: Transaction, audit: AuditLogger, actor: Actor, event: Event): Promise<BookedEvent> {
  const events = eventsRepository(tx)
  const { id, panel, override } = event
  const people = await peopleOf(tx, panel)
  admit(people)
  await events.insert(event)
  await events.seat(id, panel)
  await claimsRepository(tx).settle(event, people)
  const after = found(await events.find(id), ENTITY)
  await audit.record(tx, actor, { action: 'create', entityType: ENTITY, entityId: id, after, reason: override?.reason })
  return after
}

interface Update {
  readonly id: string
  readonly changes: EventChanges
  readonly expected: ExpectedVersions
}

async function update(
  tx: Transaction,
  audit: AuditLogger,
  actor: Principal,
  { id, changes, expected }: Update,
): Promise<BookedEvent> {
  const events = eventsRepository(tx)
  const before = found(await events.find(id), ENTITY)
  assertVersion(before.version, expected)
  if (changes.panel) assertScheduled(before, 'give another panel to')
  const event = merged(before, changes)
  const people = await peopleOf(tx, event.panel)
  admit(newcomers(people, before))
  await events.update(event)
  if (changes.panel) await events.reseat(id, event.panel)
  if (event.status !== 'cancelled') await claimsRepository(tx).settle(event, people)
  const after = found(await events.find(id), ENTITY)
  const reason = changes.override?.reason
  await audit.record(tx, actor, { action: 'update', entityType: ENTITY, entityId: id, before, after, reason })
  return after
}

async function perform(tx: Transaction, audit: AuditLogger, call: Call, deed: Deed): Promise<Event> {
  const { actor, id, expected } = call
  const events = eventsRepository(tx)
  const before = found(await events.find(id), ENTITY)
  await deed.permit?.(tx, call)
  assertVersion(before.version, expected)
  const next = deed.next(before, call)
  await events.update(next)
  await deed.write?.(tx, next, before)
  if (next.panel !== before.panel) await events.reseat(id, next.panel)
  const after = found(await events.find(id), ENTITY)
  const { action, reason } = deed
  await audit.record(tx, actor, { action, entityType: ENTITY, entityId: id, before, after, reason })
  return after
}

function eventFrom(actor: Actor, body: NewEvent): Event {
  const { panel, override = null, durationMinutes: _, ...details } = body
  return {
    candidateName: null,
    candidateEmail: null,
    position: null,
    timezone: 'UTC',
    location: null,
    meetingUrl: null,
    notes: null,
    externalId: null,
    ...details,
    ...timeOf(body),
    id: newId(),
    status: 'scheduled',
    panel: panelFrom(panel),
    organizerId: actor.id,
    override,
    cancellation: null,
    sequence: 0,
    version: 1,
    createdAt: '',
    updatedAt: '',
  }
}

/** The event with its changes. Who stays on the panel keeps their response; a change of place or panel counts on. */
function merged(before: Event, { panel, ...details }: EventChanges): Event {
  const event = { ...before, ...details, panel: panel ? panelFrom(panel, before.panel) : before.panel }
  const told = (of: Event) =>
    JSON.stringify([of.location, of.meetingUrl, of.panel.map(member => [member.interviewerId, member.role])])
  return { ...event, sequence: told(event) === told(before) ? before.sequence : before.sequence + 1 }
}
