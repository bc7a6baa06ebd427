import { addressKey } from '../../plugins/validation/addresses.ts'
import type { Interview } from './interview-history.ts'

/** Decides who is notified of a change to an interview, and of what. */

/** The recipient of a mail: an interviewer, or the candidate. */
export interface Addressee {
  readonly name: string
  readonly address: string
  /** null for the candidate. */
  readonly interviewerId: string | null
}

export type EventKind = 'invitation' | 'change' | 'cancellation' | 'removal' | 'reminder'

export interface Notice {
  readonly kind: EventKind
  readonly to: Addressee
  /** As the mail shows it. */
  readonly interview: Interview
}

/**
 * The notices that follow from a change at `at`: invitations to people who are new, a change to those who stay and can
 * see it, a removal to those who are no longer needed, a cancellation to all. Interviews that are over and answers to
 * invitations cause none.
 */
export function noticesOf(before: Interview | undefined, after: Interview | undefined, at: string): Notice[] {
  if (!after || after.endsAt <= at) return []
  const to = (people: readonly Addressee[], kind: EventKind) =>
    people.map((addressee): Notice => ({ kind, to: addressee, interview: after }))
  const was = before?.status === 'scheduled' ? before : undefined
  if (after.status === 'cancelled') return was ? to(peopleOf(was), 'cancellation') : []
  if (after.status !== 'scheduled') return []
  if (!was) return !before || before.status === 'cancelled' ? to(peopleOf(after), 'invitation') : []
  const [earlier, present] = [byAddress(peopleOf(was)), byAddress(peopleOf(after))]
  const stay = [...present.values()].filter(person => earlier.has(keyOf(person)))
  return [
    ...to(
      [...earlier.values()].filter(person => !present.has(keyOf(person))),
      'removal',
    ),
    ...to(
      [...present.values()].filter(person => !earlier.has(keyOf(person))),
      'invitation',
    ),
    ...to(
      stay.filter(person => seenBy(person, was) !== seenBy(person, after)),
      'change',
    ),
  ]
}

/** The panel, and the candidate if their address is known. */
export function peopleOf({ panel, candidateName, candidateEmail }: Interview): Addressee[] {
  const interviewers = panel.map(({ interviewerId, name, email }) => ({ interviewerId, name, address: email }))
  if (candidateEmail === null) return interviewers
  return [...interviewers, { interviewerId: null, name: candidateName ?? '', address: candidateEmail }]
}

/** What a recipient sees of an interview, as text that can be compared. Candidates do not see the notes. */
function seenBy({ interviewerId }: Addressee, interview: Interview): string {
  const { title, startsAt, endsAt, timezone, location, meetingUrl, position, candidateName, sequence } = interview
  const panel = interview.panel.map(member => [member.name, member.role])
  const notes = interviewerId === null ? null : interview.notes
  return JSON.stringify([
    title,
    startsAt,
    endsAt,
    timezone,
    location,
    meetingUrl,
    position,
    candidateName,
    sequence,
    panel,
    notes,
  ])
}

function byAddress(people: readonly Addressee[]): Map<string, Addressee> {
  return new Map(people.map(person => [keyOf(person), person]))
}

function keyOf({ address }: Addressee): string {
  return addressKey(address)
}
