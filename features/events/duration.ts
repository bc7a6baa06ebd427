import { ValidationError } from '../../plugins/errors.ts'
import { addMinutes, instant, minutesBetween } from '../../domain/time.ts'
import type { Time } from './schemas.ts'

const SHORTEST_MINUTES = 5
const LONGEST_MINUTES = 24 * 60

/** Returns start and end in UTC. Throws a ValidationError unless either end or length is sent, 5 minutes to 24 hours. */
export function timeOf({ startsAt, endsAt, durationMinutes }: Time): { startsAt: string; endsAt: string } {
  if ((endsAt === undefined) === (durationMinutes === undefined)) {
    throw new ValidationError('/endsAt', endsAt, 'send either endsAt or durationMinutes')
  }
  const start = instant(startsAt)
  const end = endsAt === undefined ? addMinutes(start, durationMinutes ?? 0) : instant(endsAt)
  const minutes = minutesBetween(start, end)
  if (minutes <= 0) throw new ValidationError('/endsAt', endsAt, 'an interview must end after it starts')
  if (minutes < SHORTEST_MINUTES || minutes > LONGEST_MINUTES) {
    throw new ValidationError('/endsAt', endsAt, 'an interview must take 5 minutes to 24 hours')
  }
  return { startsAt: start, endsAt: end }
}
