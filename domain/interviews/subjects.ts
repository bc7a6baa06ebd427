/** What everybody knows of claims who reads them; the rule itself is in features/events/claims.ts. */

/** No claim is longer than the longest event (24 hours) with the longest buffers (4 hours each). */
export const LONGEST_CLAIM_MINUTES = 32 * 60

/** Whose time an interviewer's claim takes. */
export const interviewerSubject = (id: string): string => `interviewer:${id}`

/** The same of a candidate, who is known by address. */
export const candidateSubject = (email: string): string => `candidate:${email.toLowerCase()}`
