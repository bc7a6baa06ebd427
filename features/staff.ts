import type { Role } from '../plugins/auth/identity.ts'

/** Recruiting staff: those who see and book everybody. */
export function isStaff({ role }: { readonly role: Role }): boolean {
  return role === 'admin' || role === 'talent'
}
