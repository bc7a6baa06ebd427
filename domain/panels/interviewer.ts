import type { Queryable } from '../../db/database.ts'
import type { Caller } from '../../plugins/auth.ts'
import { visibleTo } from '../accounts/visibility.ts'

export const INTERVIEWER_STATUSES = ['active', 'paused', 'inactive'] as const
export type InterviewerStatus = (typeof INTERVIEWER_STATUSES)[number]

/** Somebody who interviews, and the account that acts as them, if there is one. */
export interface Interviewer {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly timezone: string
  readonly userId: string | null
}

const FIND = 'SELECT id, name, email, timezone, user_id AS "userId" FROM interviewers WHERE id = :id'

export const interviewerOf = (sql: Queryable, id: string) => sql.one<Interviewer>(FIND, { id })

/** An interviewer, for staff and for themselves. Throws the 404 of one who does not exist for everybody else. */
export async function visibleInterviewer(sql: Queryable, viewer: Caller, id: string): Promise<Interviewer> {
  return visibleTo(viewer, await interviewerOf(sql, id))
}
