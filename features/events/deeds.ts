import createError from '@fastify/error'
import type { Transaction } from '../../db/database.ts'
import type { Caller } from '../../plugins/auth.ts'
import type { ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import { isStaff } from '../../domain/accounts/visibility.ts'
import type { CalendarRules } from '../../domain/panels/people.ts'
import { admit, newcomers, peopleOf } from './admission.ts'
import { claimsRepository } from './claims.ts'
import { timeOf } from './duration.ts'
import { answered, replacedIn, unanswered, type Replacing } from './panel.ts'
import { eventsRepository } from './repository.ts'
import type { Event, Reschedule, Respond, Warning } from './schemas.ts'
import { assertEnded, assertScheduled } from './states.ts'

/** Everything that can happen to an interview after it was booked. */

const NotOnPanel = createError('NOT_ON_PANEL', 'Only somebody who sits on this panel answers for themselves', 403)

/** Which event, on behalf of whom, and in which version. */
export interface Call {
  readonly actor: Caller
  readonly id: string
  readonly expected: ExpectedVersions
}

export interface Deed {
  /** As the journal names it. */
  readonly action: string
  readonly reason?: string | undefined
  /** Refuses a caller who may not, before they are told anything of the event. */
  readonly permit?: (tx: Transaction, call: Call) => Promise<void>
  /** The event as it shall be. Refuses what its state does not allow. */
  readonly next: (before: Event, call: Call) => Event
  /** Writes what belongs to it besides the event and its panel; returns what should be looked at. */
  readonly write?: (change: Change) => Promise<Warning[]>
}

export interface Change {
  readonly tx: Transaction
  readonly rules: CalendarRules
  readonly next: Event
  readonly before: Event
}

const NO_WARNINGS: Warning[] = []

export const reschedule = (body: Reschedule): Deed => ({
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
  write: change => claimAnew(change, body.override !== undefined),
})

export const cancel = (reason: string): Deed => ({
  action: 'cancel',
  reason,
  next: (before, { actor }) => {
    assertScheduled(before, 'cancel')
    const cancellation = { reason, cancelledAt: new Date().toISOString(), cancelledBy: actor.id }
    return { ...before, status: 'cancelled', cancellation, sequence: before.sequence + 1 }
  },
  write: async ({ tx, next }) => {
    await claimsRepository(tx).release(next.id)
    return NO_WARNINGS
  },
})

/** It took place, and keeps its time. */
export const complete = (): Deed => ({
  action: 'complete',
  next: before => {
    assertScheduled(before, 'complete')
    return { ...before, status: 'completed', sequence: before.sequence + 1 }
  },
})

/** Somebody did not come; it keeps its time. */
export const noShow = (party: 'candidate' | 'interviewer'): Deed => ({
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

/** Back into `scheduled`, if everybody's time can still be had. An override it was booked with still counts. */
export const reopen = (): Deed => ({
  action: 'reopen',
  next: before => {
    assertEnded(before)
    return { ...before, status: 'scheduled', cancellation: null, sequence: before.sequence + 1 }
  },
  write: async change => {
    const { tx, next } = change
    const warnings = await claimAnew(change, next.override !== null)
    await eventsRepository(tx).setNoShow(next.id, null)
    return warnings
  },
})

/** The caller's own answer; nobody gives that of somebody else. */
export const respond = ({ response, note }: Respond): Deed => {
  let own = ''
  return {
    action: 'respond',
    reason: note,
    permit: async (tx, call) => {
      own = await ownSeat(tx, call)
    },
    next: before => {
      assertScheduled(before, 'answer')
      return { ...before, panel: answered(before.panel, own, response) }
    },
  }
}

/** One for another, in the same seat and role. */
export const replace = (body: Replacing): Deed => ({
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

/** Lets go of the time an event had and claims the time it has. */
async function claimAnew({ tx, rules, next }: Change, override: boolean): Promise<Warning[]> {
  const people = await peopleOf(tx, next.panel)
  const warnings = await admit(tx, rules, { event: next, people, override })
  const claims = claimsRepository(tx)
  await claims.release(next.id)
  await claims.settle(next, people)
  return warnings
}

/** 404 for an interviewer who is not in it, as they may not know of it; 403 for staff, who may. */
async function ownSeat(tx: Transaction, { actor, id }: Call): Promise<string> {
  const seat = await eventsRepository(tx).seatOfUser(id, actor.id)
  if (seat === undefined && isStaff(actor)) throw new NotOnPanel()
  return found(seat, 'event')
}
