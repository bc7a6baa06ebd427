import createError from '@fastify/error'
import type { Transaction } from '../../db/database.ts'
import type { Actor } from '../../plugins/actor.ts'
import type { Principal } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import type { ExportedList } from '../../plugins/exports.ts'
import type { Event } from '../../domain/interviews/schemas.ts'
import { visibleInterview } from '../../domain/interviews/visibility.ts'
import type { Page } from '../../domain/lists/page.ts'
import type { Seat } from '../../domain/panels/schemas.ts'
import { admit, newcomers, peopleOf } from './admission.ts'
import { booking, claimsRepository } from './claims.ts'
import { COLUMNS } from './columns.ts'
import { eventFrom, merged } from './drafts.ts'
import { assertSeated, panelFrom } from './panel.ts'
import { eventsRepository } from './repository.ts'
import type { BookedEvent, EventChanges, EventExportQuery, EventQuery, NewEvent, Respond } from './schemas.ts'
import { panelFor, replacementsFor } from './seating.ts'
import { assertScheduled } from './states.ts'
import { answer, perform, warned, type Call, type EventsParts, type Transition } from './transitions.ts'
import { isStaff } from '../../domain/accounts/visibility.ts'

const ENTITY = 'event'

const NotOnPanel = createError(
  'NOT_ON_PANEL',
  'Only somebody on this panel can answer: your account is linked to none of its interviewers',
  403,
)

export const eventsService = (parts: EventsParts) => ({
  /** Staff see every interview; an interviewer sees those they take part in. */
  list: (viewer: Principal, query: EventQuery): Promise<Page<Event>> =>
    eventsRepository(parts.db).list(query, isStaff(viewer) ? undefined : viewer.id),

  /** The whole list, as a file. */
  exported: (viewer: Principal, query: EventExportQuery) => exported(parts, viewer, query),

  find: (viewer: Principal, id: string): Promise<Event> => visibleInterview(parts.db, viewer, id),

  /** Books the panel that is named, or for `seats` the fairest panel that is free. */
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

  /** Takes a booked interview through a transition, and books what it asks for. */
  perform: (call: Call, transition: Transition): Promise<BookedEvent> =>
    booking(parts.db, () => parts.db.transaction(tx => perform(tx, parts, call, transition))),

  /** The interview unchanged, with the people who could replace somebody on its panel. */
  proposeInPlaceOf: async ({ id, expected }: Omit<Call, 'actor'>, interviewerId: string): Promise<BookedEvent> => {
    const event = found(await eventsRepository(parts.db).find(id), ENTITY)
    assertVersion(event.version, expected)
    assertScheduled(event, 'replace somebody in')
    assertSeated(event.panel, interviewerId)
    return { ...event, replacements: await replacementsFor(parts.db, parts.calendars, event, interviewerId) }
  },

  /** The caller answers for themselves. When staff decline, the result names the people who could replace them. */
  respond: async (call: Call, { response, note }: Respond): Promise<BookedEvent> => {
    const { own, event } = await parts.db.transaction(async tx => {
      const own = await ownSeat(tx, call)
      return { own, event: await perform(tx, parts, call, answer(own, response, note)) }
    })
    if (response !== 'declined' || !isStaff(call.actor)) return event
    return { ...event, replacements: await replacementsFor(parts.db, parts.calendars, event, own) }
  },
})

/** The interviewer as whom the caller sits on a panel: 404 for an interviewer who does not, 403 for staff. */
async function ownSeat(tx: Transaction, { actor, id }: Call): Promise<string> {
  const events = eventsRepository(tx)
  found(await events.find(id), ENTITY)
  const seat = await events.seatOfUser(id, actor.id)
  if (seat === undefined && isStaff(actor)) throw new NotOnPanel()
  return found(seat, ENTITY)
}

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
