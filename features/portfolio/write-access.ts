import type { Transaction } from '../../db/database.ts'
import { Forbidden, type Caller } from '../../plugins/auth.ts'
import { isStaff } from '../../domain/accounts/visibility.ts'
import { interviewerOf, type Interviewer } from '../../domain/panels/interviewer.ts'

/**
 * Staff write every portfolio, an interviewer only their own while the account is linked. Returns the interviewer, or
 * undefined when there is none. Throws a 403 for anyone else. Call it inside the transaction that writes.
 */
export async function writable(
  tx: Transaction,
  actor: Caller,
  interviewerId: string,
): Promise<Interviewer | undefined> {
  const owner = await interviewerOf(tx, interviewerId)
  if (!owner || isStaff(actor) || owner.userId === actor.id) return owner
  throw new Forbidden(
    'An interviewer changes only their own portfolio, and your account is not linked to this interviewer',
  )
}
