import type { Actor } from '../../plugins/actor.ts'
import { ValidationError } from '../../plugins/errors.ts'
import { BLANK, type Event } from '../../domain/interviews/schemas.ts'
import { newId } from '../../domain/lists/fields.ts'
import { timeOf } from './duration.ts'
import { panelFrom } from './panel.ts'
import type { EventChanges, NewEvent } from './schemas.ts'

/** Interviews as they are to be written, made from what clients send. */

/** Throws a ValidationError unless either a panel or seats are sent. With seats the panel is still empty. */
export function eventFrom(actor: Actor, body: NewEvent): Event {
  const { panel, seats, override = null, durationMinutes: _, ...details } = body
  if ((panel === undefined) === (seats === undefined)) {
    throw new ValidationError('/panel', panel, 'send either panel or seats')
  }
  return {
    ...BLANK,
    ...details,
    ...timeOf(body),
    id: newId(),
    panel: panel ? panelFrom(panel) : [],
    organizerId: actor.id,
    override,
  }
}

/** The event with its changes. People who stay on the panel keep their response. A new place or panel raises SEQUENCE. */
export function merged(before: Event, { panel, ...details }: EventChanges): Event {
  const event = { ...before, ...details, panel: panel ? panelFrom(panel, before.panel) : before.panel }
  const announced = (of: Event) =>
    JSON.stringify([of.location, of.meetingUrl, of.panel.map(member => [member.interviewerId, member.role])])
  return { ...event, sequence: announced(event) === announced(before) ? before.sequence : before.sequence + 1 }
}
