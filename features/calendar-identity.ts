import { publicAddress, type Config } from '../plugins/config.ts'

/** Who this program is to calendar programs: once a calendar has an interview, neither may change. */
export interface CalendarIdentity {
  /** What every UID ends in. */
  readonly host: string
  /** The address that answers to invitations go to. */
  readonly organizer: string
}

export function calendarIdentity(config: Config): CalendarIdentity {
  return { host: new URL(publicAddress(config)).hostname, organizer: config.MAIL_FROM }
}

interface Described {
  readonly position: string | null
  readonly candidateName: string | null
  readonly meetingUrl: string | null
  readonly notes: string | null
}

/** What a calendar says of an interview besides time and place. The notes are the interviewers' own. */
export function calendarDescription(
  { position, candidateName, meetingUrl, notes }: Described,
  reader: 'interviewer' | 'candidate',
): string {
  const known = (label: string, value: string | null) => (value === null ? [] : [`${label}: ${value}`])
  return [
    ...known('Position', position),
    ...known('Candidate', candidateName),
    ...known('Join', meetingUrl),
    ...known('Notes', reader === 'interviewer' ? notes : null),
  ].join('\n')
}
