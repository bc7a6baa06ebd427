import createError from '@fastify/error'
import type { Event } from '../../domain/interviews/schemas.ts'

export const InvalidTransition = createError<[string]>('INVALID_TRANSITION', '%s', 409)

const WORDS = { scheduled: 'scheduled', completed: 'completed', cancelled: 'cancelled', no_show: 'marked as a no-show' }

/** Throws unless an interview is scheduled. `verb` completes "Cannot … an interview". */
export function assertScheduled({ status }: Event, verb: string): void {
  if (status !== 'scheduled') throw new InvalidTransition(`Cannot ${verb} an interview that is ${WORDS[status]}`)
}

/** Throws unless an interview has ended, in whatever way. */
export function assertEnded({ status }: Event): void {
  if (status === 'scheduled') throw new InvalidTransition('Cannot reopen an interview that is scheduled')
}
