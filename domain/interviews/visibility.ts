import type { Queryable } from '../../db/database.ts'
import { found } from '../../plugins/errors.ts'
import type { Caller } from '../../plugins/auth.ts'
import { isStaff } from '../accounts/visibility.ts'
import { interviewsRepository } from './repository.ts'
import type { Event } from './schemas.ts'

/** An interview, for staff and for those who sit in it. Throws the 404 of one that does not exist for everybody else. */
export async function visibleInterview(sql: Queryable, viewer: Caller, id: string): Promise<Event> {
  const interviews = interviewsRepository(sql)
  const event = found(await interviews.find(id), 'event')
  const visible = isStaff(viewer) || (await interviews.seatOfUser(id, viewer.id)) !== undefined
  return found(visible ? event : undefined, 'event')
}
