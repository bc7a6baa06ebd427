import createError from '@fastify/error'
import type { Caller } from '../../../plugins/auth.ts'
import type { Turn } from '../../../plugins/concurrency-limit.ts'
import { found, ValidationError } from '../../../plugins/errors.ts'
import { addressKey } from '../../../plugins/validation/addresses.ts'
import { aside, onTooMuchWork } from '../../../plugins/aside.ts'
import type { Reply } from '../../../domain/icalendar/replies.ts'
import { interviewsRepository } from '../../../domain/interviews/repository.ts'
import type { Event } from '../../../domain/interviews/schemas.ts'
import { answer, perform, type EventsParts } from '../transitions.ts'
import { repliesRepository, type KnownReply } from './repository.ts'
import type { Read } from './reply-task.ts'
import type { ReplyResult } from './schemas.ts'

const NotInvited = createError<[string]>('NOT_INVITED', '%s is not invited to this interview', 403)
const readAside = aside<string, Read>(import.meta.url, './reply-task')
const UID = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@/i

/** Answers from calendar programs (RFC 5546 §3.2.3), handed in by staff or by a mail gateway. */
export const repliesService = (parts: EventsParts) => ({
  /** Records the response of whoever answers. A reply that is older than the last one known changes nothing. */
  take: async (actor: Caller, text: string, signal: AbortSignal): Promise<ReplyResult> => {
    const reply = await replyIn(text, { key: actor.id ?? undefined, signal })
    const { attendee, sequence, response, comment } = reply
    const id = UID.exec(reply.uid)?.[1]?.toLowerCase()
    return parts.db.transaction(async tx => {
      const event = found(id === undefined ? undefined : await interviewsRepository(tx).find(id), 'interview')
      const ignored = { status: 'ignored', eventId: event.id, response } as const
      const seat = event.panel.find(({ email }) => addressKey(email) === attendee)
      if (!seat) {
        if (event.candidateEmail === null || addressKey(event.candidateEmail) !== attendee)
          throw new NotInvited(attendee)
        return { ...ignored, reason: 'the answers of candidates are not recorded' }
      }
      const { interviewerId } = seat
      const replies = repliesRepository(tx)
      const reason = whyIgnored(event, reply, await replies.last(event.id, interviewerId))
      if (reason !== undefined) return { ...ignored, interviewerId, reason }
      const stamp = new Date(reply.dtstamp).toISOString()
      await replies.keep({ eventId: event.id, interviewerId, sequence, stamp })
      const call = { actor, id: event.id, expected: undefined }
      await perform(tx, parts, call, answer(interviewerId, response, comment))
      return { status: 'applied', eventId: event.id, interviewerId, response }
    })
  },
})

async function replyIn(text: string, turn: Turn): Promise<Reply> {
  const tooMuch = onTooMuchWork((why): Read => ({ problem: `The reply ${why}.` }))
  const read = await readAside(text, turn).catch(tooMuch)
  if ('problem' in read) throw new ValidationError('', undefined, read.problem)
  return read.reply
}

/** RFC 5546 §2.1.5: replies are ordered by SEQUENCE, then by DTSTAMP. To accept one time is not to accept another. */
function whyIgnored({ status, sequence }: Event, reply: Reply, last: KnownReply | undefined): string | undefined {
  if (status !== 'scheduled') return `the interview is ${status}`
  if (reply.sequence < sequence) return 'the interview has changed since'
  if (!last || reply.sequence > last.sequence) return undefined
  const older = reply.sequence < last.sequence || reply.dtstamp < Date.parse(last.stamp)
  return older ? 'a newer answer is known' : undefined
}
