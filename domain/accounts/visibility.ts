import type { Caller } from '../../plugins/auth.ts'
import type { Identity, Role } from '../../plugins/auth/identity.ts'
import { found } from '../../plugins/errors.ts'

/** Recruiting staff: those who see and book everybody. */
export const STAFF: readonly Role[] = ['admin', 'talent']

export function isStaff({ role }: { readonly role: Role }): boolean {
  return STAFF.includes(role)
}

/**
 * An interviewer, or what is kept of one: staff see everybody's, an interviewer only theirs, for as long as the account is
 * linked. Throws a 404 for anybody else's, in the words of one that does not exist.
 */
export function visibleTo<Owned extends { readonly userId: string | null }>(
  viewer: Caller,
  owned: Owned | undefined,
): Owned {
  return found(isStaff(viewer) || owned?.userId === viewer.id ? owned : undefined, 'interviewer')
}

/** The journal, whole or without what only admins may know: a table and a view of the same columns. */
export type Journal = 'audit_logs' | 'staff_audit_logs'

/** The part of the journal that a member of staff reads, in every list, file, history and feed alike. */
export function journalFor({ role }: { readonly role: Role }): Journal {
  return role === 'admin' ? 'audit_logs' : 'staff_audit_logs'
}

/** Who is answered alike, for the cache of a route: two people with the same name get the same answer. */

export const everyone = (): string => 'everyone'

export const staffAlike = (viewer: Identity): string => (isStaff(viewer) ? 'staff' : viewer.id)

export const adminsAlike = ({ role, id }: Identity): string => (role === 'admin' ? role : id)
