import createError from '@fastify/error'
import type { Queryable } from '../../db/database.ts'
import { detailed, ValidationError } from '../../plugins/errors.ts'
import type { Buffers } from './claims.ts'

const InterviewerInactive = createError<[string]>('INTERVIEWER_INACTIVE', '%s', 409)

/** What is asked of somebody before they are booked. */
export interface Person extends Buffers {
  readonly name: string
  readonly status: 'active' | 'paused' | 'inactive'
}

function peopleById({ dialect }: Queryable): string {
  return `SELECT id, name, status, buffer_before_minutes AS "bufferBeforeMinutes", buffer_after_minutes AS "bufferAfterMinutes"
    FROM interviewers WHERE id ${dialect.inList('ids')}`
}

/** Those of a panel, by their ids. Throws a ValidationError that names the field of somebody who does not exist. */
export async function peopleOf(
  sql: Queryable,
  panel: readonly { interviewerId: string }[],
  fieldOf = (seat: number) => `/panel/${seat}/interviewerId`,
): Promise<Person[]> {
  const ids = panel.map(({ interviewerId }) => interviewerId)
  const people = await sql.many<Person>(peopleById(sql), { ids: JSON.stringify(ids) })
  const known = new Set(people.map(({ id }) => id))
  for (const [seat, id] of ids.entries()) {
    if (!known.has(id)) throw new ValidationError(fieldOf(seat), id, 'there is no such interviewer')
  }
  return people
}

/** The rules somebody must meet to be booked, other than being free. Throws the refusal that names who does not. */
export function admit(people: readonly Person[]): void {
  const away = people.filter(({ status }) => status !== 'active')
  if (away.length === 0) return
  const sentence = away.map(({ name, status }) => `${name} is ${status}`).join('; ')
  const details = away.map(({ id, name, status }) => ({ interviewerId: id, name, status }))
  throw detailed(new InterviewerInactive(sentence), details)
}

/** Those who do not sit on the panel yet: who does was admitted when they were booked. */
export function newcomers(
  people: readonly Person[],
  { panel }: { panel: readonly { interviewerId: string }[] },
): Person[] {
  const seated = new Set(panel.map(({ interviewerId }) => interviewerId))
  return people.filter(({ id }) => !seated.has(id))
}
