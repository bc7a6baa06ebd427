import type { Caller } from '../plugins/auth.ts'

/** Recruiting staff: those who see and book everybody. */
export function isStaff({ role }: Caller): boolean {
  return role === 'admin' || role === 'talent'
}
