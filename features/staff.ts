import type { Principal } from '../plugins/auth.ts'

/** Recruiting staff: those who see and book everybody. */
export function isStaff({ role }: Principal): boolean {
  return role === 'admin' || role === 'talent'
}
