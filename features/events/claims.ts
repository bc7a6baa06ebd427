import createError from '@fastify/error'
import type { Queryable, Transaction } from '../../db/database.ts'
import { detailed } from '../../plugins/errors.ts'
import type { Event } from '../../domain/interviews/schemas.ts'
import { candidateSubject, interviewerSubject, LONGEST_CLAIM_MINUTES } from '../../domain/interviews/subjects.ts'
import { onRule } from '../../domain/sql.ts'
import { addMinutes } from '../../domain/time.ts'

/**
 * Nobody is ever booked twice. A scheduled event claims the time of everybody in it, and two claims of one person
 * never overlap: the database refuses the second, whoever writes it (the rule `claims_no_overlap` of the migrations).
 * So nothing here asks first whether somebody is free. It claims, and when that is refused it says who is busy and when.
 */

const CLAIM = `INSERT INTO claims (subject, starts_at, ends_at, buffer_before_minutes, event_id)
  VALUES (:subject, :startsAt, :endsAt, :bufferBeforeMinutes, :eventId)`
const RELEASE = 'DELETE FROM claims WHERE event_id = :eventId AND subject = :subject'
const RELEASE_ALL = 'DELETE FROM claims WHERE event_id = :eventId'
const HELD = 'SELECT subject FROM claims WHERE event_id = :eventId'
const CONFLICTS = `SELECT events.id AS "eventId", events.starts_at AS "startsAt", events.ends_at AS "endsAt",
    coalesce(interviewers.name, events.candidate_name, events.candidate_email) AS name
  FROM claims JOIN events ON events.id = claims.event_id
  LEFT JOIN interviewers ON interviewers.id = :interviewerId
  WHERE claims.subject = :subject AND claims.event_id <> :eventId
    AND claims.starts_at > :earliest AND claims.starts_at < :endsAt AND claims.ends_at > :startsAt
  ORDER BY claims.starts_at`

const ATTEMPTS = 3

const EventOverlap = createError<[string]>('EVENT_OVERLAP', '%s', 409)

/** The person whose time is claimed. */
type Subject = { readonly interviewerId: string } | { readonly candidateEmail: string }

/** The half-open interval [startsAt, endsAt) of somebody's time, buffers included. */
interface Claim {
  readonly of: Subject
  readonly startsAt: string
  readonly endsAt: string
  /** The part of it that lies before the interview. */
  readonly bufferBeforeMinutes: number
}

/** A person of the panel with the minutes they keep free around an interview. */
export interface Buffers {
  readonly id: string
  readonly bufferBeforeMinutes: number
  readonly bufferAfterMinutes: number
}

/** The database refused a claim. Carries all claims of the booking, so that the answer can name everybody who is busy. */
class ClaimRefused extends Error {
  override readonly name = 'ClaimRefused'
  readonly event: Event
  readonly claims: readonly Claim[]

  constructor(event: Event, claims: readonly Claim[]) {
    super(`the time of event ${event.id} is taken`)
    this.event = event
    this.claims = claims
  }
}

/**
 * Runs a booking. When the database refuses one of its claims, throws EVENT_OVERLAP with every conflict. When the
 * conflict is gone by the time it is looked up, the booking is tried again.
 */
export async function booking<Result>(db: Queryable, book: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await book()
    } catch (error) {
      if (!(error instanceof ClaimRefused)) throw error
      const conflicts = await conflictsOf(db, error)
      if (conflicts.length > 0 || attempt === ATTEMPTS) throw overlap(error.event, conflicts)
    }
  }
}

export const claimsRepository = (tx: Transaction) => ({
  /**
   * Claims the time of an event for everybody in it who has no claim yet, and releases the claims of people who left it.
   * When an event is moved, its claims are released first. Throws ClaimRefused, which `booking` turns into an answer.
   */
  settle: async (event: Event, people: readonly Buffers[]): Promise<void> => {
    const claims = claimsOf(event, people)
    const wanted = new Map(claims.map(claim => [keyOf(claim.of), claim]))
    const held = await tx.many<{ subject: string }>(HELD, { eventId: event.id })
    for (const { subject } of held) {
      if (!wanted.delete(subject)) await tx.run(RELEASE, { eventId: event.id, subject })
    }
    for (const [subject, { of: _, ...claim }] of wanted) {
      const claimed = tx.run(CLAIM, { subject, ...claim, eventId: event.id })
      await claimed.catch(onRule(() => new ClaimRefused(event, claims), 'claims_no_overlap'))
    }
  },
  release: (eventId: string) => tx.run(RELEASE_ALL, { eventId }),
})

/** An interviewer's claim is widened by their own buffers; a candidate has none. */
function claimsOf({ startsAt, endsAt, panel, candidateEmail }: Event, people: readonly Buffers[]): Claim[] {
  const buffers = new Map(people.map(person => [person.id, person]))
  const claims: Claim[] = panel.map(({ interviewerId }) => {
    const { bufferBeforeMinutes = 0, bufferAfterMinutes = 0 } = buffers.get(interviewerId) ?? {}
    return {
      of: { interviewerId },
      startsAt: addMinutes(startsAt, -bufferBeforeMinutes),
      endsAt: addMinutes(endsAt, bufferAfterMinutes),
      bufferBeforeMinutes,
    }
  })
  if (candidateEmail !== null) claims.push({ of: { candidateEmail }, startsAt, endsAt, bufferBeforeMinutes: 0 })
  return claims
}

function keyOf(subject: Subject): string {
  return 'interviewerId' in subject
    ? interviewerSubject(subject.interviewerId)
    : candidateSubject(subject.candidateEmail)
}

interface Holder {
  readonly name: string
  readonly eventId: string
  readonly startsAt: string
  readonly endsAt: string
}

type Conflict = Subject & Holder & { readonly subject: 'interviewer' | 'candidate' }

async function conflictsOf(db: Queryable, { event, claims }: ClaimRefused): Promise<Conflict[]> {
  const conflicts: Conflict[] = []
  for (const { of, startsAt, endsAt } of claims) {
    const holders = await db.many<Holder>(CONFLICTS, {
      subject: keyOf(of),
      interviewerId: 'interviewerId' in of ? of.interviewerId : null,
      eventId: event.id,
      earliest: addMinutes(startsAt, -LONGEST_CLAIM_MINUTES),
      startsAt,
      endsAt,
    })
    const subject = 'interviewerId' in of ? 'interviewer' : 'candidate'
    for (const holder of holders) conflicts.push({ subject, ...of, ...holder })
  }
  return conflicts
}

function overlap(event: Event, conflicts: readonly Conflict[]): Error {
  const sentences = conflicts.map(conflict => sentenceOf(event, conflict))
  const message =
    sentences.length > 0 ? sentences.join('; ') : 'Somebody has just been booked for this time; please try again'
  return detailed(new EventOverlap(message), conflicts)
}

/** "Ada Lovelace is already booked from 09:00 to 10:00 UTC"; with the date when that is another day. */
function sentenceOf(event: Event, { name, startsAt, endsAt }: Conflict): string {
  const day = event.startsAt.slice(0, 10)
  const clock = (at: string) => (at.startsWith(day) ? at.slice(11, 16) : `${at.slice(0, 10)} ${at.slice(11, 16)}`)
  const apart = endsAt <= event.startsAt || startsAt >= event.endsAt
  return `${name} is already booked from ${clock(startsAt)} to ${clock(endsAt)} UTC${apart ? ', buffers counted' : ''}`
}
