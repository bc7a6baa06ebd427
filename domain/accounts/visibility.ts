import type { Caller } from '../../plugins/auth.ts'
import type { Role } from '../../plugins/auth/identity.ts'
import { found } from '../../plugins/errors.ts'

/** Recruiting staff: those who see and book everybody. */
export function isStaff({ role }: { readonly role: Role }): boolean {
  return role === 'admin' || role === 'talent'
}

/**
 * An interviewer, or what is kept of one: staff see everybody's, an interviewer the own, for as long as the account is
 * linked. Throws a 404 for anybody else's, in the words of one who is not there.
 */
export function visibleTo<Owned extends { readonly userId: string | null }>(
  viewer: Caller,
  owned: Owned | undefined,
): Owned {
  return found(isStaff(viewer) || owned?.userId === viewer.id ? owned : undefined, 'interviewer')
}
