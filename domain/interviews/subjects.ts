import { addressKey } from '../../plugins/validation/addresses.ts'

/** What readers of claims have to know; the rule itself is in features/events/claims.ts. */

/** No claim is longer than the longest event (24 hours) with the longest buffers (4 hours each). */
export const LONGEST_CLAIM_MINUTES = 32 * 60

/** The subject of an interviewer's claim. */
export const interviewerSubject = (id: string): string => `interviewer:${id}`

/** The subject of a candidate's claim; candidates are known by their address. */
export const candidateSubject = (email: string): string => `candidate:${addressKey(email)}`
