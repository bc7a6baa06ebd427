/** What somebody can have answered to an invitation. */
export const RESPONSES = ['needs_action', 'accepted', 'declined', 'tentative'] as const
export type Response = (typeof RESPONSES)[number]

/** A response as a PARTSTAT (RFC 5545 §3.2.12). */
export function partstatOf(response: Response): string {
  return response.toUpperCase().replace('_', '-')
}

/** The response that a PARTSTAT stands for, in any case; undefined for every other word. */
export function responseIn(partstat: string): Response | undefined {
  return RESPONSES.find(response => partstatOf(response) === partstat.toUpperCase())
}
