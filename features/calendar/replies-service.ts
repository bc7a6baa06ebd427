import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import type { Actor } from '../../plugins/audit-logger.ts'
import { found, ValidationError } from '../../plugins/errors.ts'
import { replyFrom } from '../../domain/icalendar/replies.ts'
import { UnreadableCalendar } from '../../domain/icalendar/unreadable.ts'
import { calendarRepository, repliesRepository, type EventRow, type SeatRow } from './repository.ts'
import type { ReplyResult } from './schemas.ts'

const NotInvited = createError<[string]>('NOT_INVITED', '%s is not invited to this interview', 403)
const UID = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@/

type Answer = ReturnType<typeof replyFrom>

/** Answers out of calendar programs (RFC 5546 §3.2.3), handed in by staff or by a mail gateway. */
export const repliesService = ({ db, audit }: Pick<FastifyInstance, 'db' | 'audit'>) => ({
  /** Sets the response of who answers; one that is older than what is known changes nothing. */
  take: (actor: Actor, text: string): Promise<ReplyResult> => {
    const answer = answerFrom(text)
    const eventId = UID.exec(answer.uid)?.[1]
    return db.transaction(async tx => {
      const event = found(eventId === undefined ? undefined : await calendarRepository(tx).event(eventId), 'interview')
      const seats = await calendarRepository(tx).seats([event.id])
      const seat = seats.find(({ email }) => email.toLowerCase() === answer.attendee)
      if (seat) return apply(tx, audit, actor, { event, seat, seats, answer })
      if (event.candidateEmail?.toLowerCase() !== answer.attendee) throw new NotInvited(answer.attendee)
      const reason = 'the answers of candidates are not kept'
      return { status: 'ignored', eventId: event.id, response: answer.response, reason }
    })
  },
})

function answerFrom(text: string): Answer {
  try {
    return replyFrom(text)
  } catch (error) {
    if (error instanceof UnreadableCalendar) throw new ValidationError('', undefined, error.reason)
    throw error
  }
}

interface Application {
  readonly event: EventRow
  readonly seat: SeatRow
  readonly seats: readonly SeatRow[]
  readonly answer: Answer
}

async function apply(
  tx: Transaction,
  audit: FastifyInstance['audit'],
  actor: Actor,
  { event, seat, seats, answer }: Application,
): Promise<ReplyResult> {
  const replies = repliesRepository(tx)
  const { interviewerId } = seat
  const { sequence, response, comment } = answer
  const stamp = new Date(answer.dtstamp).toISOString()
  const result = { eventId: event.id, interviewerId, response }
  const reason = whyIgnored(event, answer, await replies.last(event.id, interviewerId))
  if (reason !== undefined) return { status: 'ignored', ...result, reason }
  await replies.keep({ eventId: event.id, interviewerId, sequence, stamp })
  await replies.respond({ eventId: event.id, interviewerId, response, now: new Date().toISOString() })
  const panel = (of: readonly SeatRow[]) => ({ panel: of.map(({ eventId: _, userId: _user, ...member }) => member) })
  const after = seats.map(other => (other === seat ? { ...other, response } : other))
  const change = { before: panel(seats), after: panel(after), reason: comment }
  await audit.record(tx, actor, { action: 'respond', entityType: 'event', entityId: event.id, ...change })
  return { status: 'applied', ...result }
}

/** RFC 5546 §2.1.5: by SEQUENCE, then by DTSTAMP. Who accepted one time has not accepted another. */
function whyIgnored(
  { status, sequence }: EventRow,
  answer: Answer,
  last: { readonly sequence: number; readonly stamp: string } | undefined,
): string | undefined {
  if (status !== 'scheduled') return `the interview is ${status}`
  if (answer.sequence < sequence) return 'the interview has changed since'
  if (!last || answer.sequence > last.sequence) return undefined
  const older = answer.sequence < last.sequence || answer.dtstamp < Date.parse(last.stamp)
  return older ? 'a newer answer is known' : undefined
}
