import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import type { Caller } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import type { Event, PanelMember } from '../../domain/interviews/schemas.ts'
import type { CalendarRules } from '../../domain/panels/calendars.ts'
import { admit, newcomers, peopleOf } from './admission.ts'
import { claimsRepository } from './claims.ts'
import { timeOf } from './duration.ts'
import { answered, replacedIn, unanswered, type Replacing } from './panel.ts'
import { eventsRepository } from './repository.ts'
import type { BookedEvent, Reschedule, Warning } from './schemas.ts'
import { assertEnded, assertScheduled } from './states.ts'

/** Everything that can happen to an interview after it was booked. */

export type EventsParts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency' | 'calendars'>

/** Which interview somebody wants to change, and in which version. */
export interface Call {
  readonly actor: Caller
  readonly id: string
  readonly expected: ExpectedVersions
}

export interface Transition {
  /** As the journal names it. */
  readonly action: string
  readonly reason?: string | undefined
  /** Returns the event as it will be. Throws when its status does not allow that. */
  readonly next: (before: Event, actor: Caller) => Event
  /** Writes what else has to change besides the event and its panel. Returns warnings. */
  readonly write?: (change: Change) => Promise<Warning[]>
}

export interface Change {
  readonly tx: Transaction
  readonly rules: CalendarRules
  readonly next: Event
  readonly before: Event
}

const NO_WARNINGS: Warning[] = []

export const reschedule = (body: Reschedule): Transition => ({
  action: 'reschedule',
  reason: body.reason,
  next: before => {
    assertScheduled(before, 'move')
    const { panel, sequence, override } = before
    return {
      ...before,
      ...timeOf(body),
      panel: unanswered(panel),
      override: body.override ?? override,
      sequence: sequence + 1,
    }
  },
  write: change => claimAgain(change, body.override !== undefined),
})

export const cancel = (reason: string): Transition => ({
  action: 'cancel',
  reason,
  next: (before, actor) => {
    assertScheduled(before, 'cancel')
    const cancellation = { reason, cancelledAt: new Date().toISOString(), cancelledBy: actor.id }
    return { ...before, status: 'cancelled', cancellation, sequence: before.sequence + 1 }
  },
  write: async ({ tx, next }) => {
    await claimsRepository(tx).release(next.id)
    return NO_WARNINGS
  },
})

/** The interview took place. Its claims stay. */
export const complete = (): Transition => ({
  action: 'complete',
  next: before => {
    assertScheduled(before, 'complete')
    return { ...before, status: 'completed', sequence: before.sequence + 1 }
  },
})

/** Somebody did not come. The claims stay. */
export const noShow = (party: 'candidate' | 'interviewer'): Transition => ({
  action: 'no_show',
  reason: `The ${party} did not come`,
  next: before => {
    assertScheduled(before, 'mark a no-show on')
    return { ...before, status: 'no_show', sequence: before.sequence + 1 }
  },
  write: async ({ tx, next }) => {
    await eventsRepository(tx).setNoShow(next.id, party)
    return NO_WARNINGS
  },
})

/** Schedules an interview again if everybody is still free. The override it was booked with still counts. */
export const reopen = (): Transition => ({
  action: 'reopen',
  next: before => {
    assertEnded(before)
    return { ...before, status: 'scheduled', cancellation: null, sequence: before.sequence + 1 }
  },
  write: async change => {
    const { tx, next } = change
    const warnings = await claimAgain(change, next.override !== null)
    await eventsRepository(tx).setNoShow(next.id, null)
    return warnings
  },
})

/** Somebody on the panel answers. SEQUENCE stays, as an answer makes no new invitation. */
export const answer = (interviewerId: string, response: PanelMember['response'], note?: string): Transition => ({
  action: 'respond',
  reason: note,
  next: before => {
    assertScheduled(before, 'answer')
    return { ...before, panel: answered(before.panel, interviewerId, response) }
  },
})

/** Another person takes over a seat and its role. */
export const replace = (body: Replacing): Transition => ({
  action: 'replace',
  reason: body.override?.reason,
  next: before => {
    assertScheduled(before, 'replace somebody in')
    const panel = replacedIn(before.panel, body)
    return { ...before, panel, override: body.override ?? before.override, sequence: before.sequence + 1 }
  },
  write: async ({ tx, rules, next, before }) => {
    const people = await peopleOf(tx, next.panel, () => '/withInterviewerId')
    const override = body.override !== undefined
    const warnings = await admit(tx, rules, { event: next, people: newcomers(people, before), override })
    await claimsRepository(tx).settle(next, people)
    return warnings
  },
})

/** Releases the claims of an event and claims its time once more. */
async function claimAgain({ tx, rules, next }: Change, override: boolean): Promise<Warning[]> {
  const people = await peopleOf(tx, next.panel)
  const warnings = await admit(tx, rules, { event: next, people, override })
  const claims = claimsRepository(tx)
  await claims.release(next.id)
  await claims.settle(next, people)
  return warnings
}

/** Performs a transition of a booked interview and records it in the journal, in the transaction of the caller. */
export async function perform(
  tx: Transaction,
  { audit, calendars: rules }: EventsParts,
  { actor, id, expected }: Call,
  { action, reason, ...transition }: Transition,
): Promise<BookedEvent> {
  const events = eventsRepository(tx)
  const before = found(await events.find(id), 'event')
  assertVersion(before.version, expected)
  const next = transition.next(before, actor)
  await events.update(next)
  const warnings = (await transition.write?.({ tx, rules, next, before })) ?? []
  if (next.panel !== before.panel) await events.reseat(id, next.panel)
  const after = found(await events.find(id), 'event')
  await audit.record(tx, actor, { action, entityType: 'event', entityId: id, before, after, reason })
  return warned(after, warnings)
}

export function warned(event: Event, warnings: Warning[]): BookedEvent {
  return warnings.length > 0 ? { ...event, warnings } : event
}
