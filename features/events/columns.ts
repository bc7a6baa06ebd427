import type { Column } from '../../plugins/exports.ts'
import type { Event, PanelMember } from '../../domain/interviews/schemas.ts'

/** The columns of an exported list of interviews. */
export const COLUMNS: readonly Column<Event>[] = [
  { header: 'id', value: ({ id }) => id, width: 38 },
  { header: 'title', value: ({ title }) => title, width: 28, printed: 'Title' },
  { header: 'type', value: ({ type }) => type, width: 16, printed: 'Type' },
  { header: 'status', value: ({ status }) => status, width: 11, printed: 'Status' },
  { header: 'candidateName', value: ({ candidateName }) => candidateName, width: 24, printed: 'Candidate' },
  { header: 'candidateEmail', value: ({ candidateEmail }) => candidateEmail, width: 28 },
  { header: 'position', value: ({ position }) => position, width: 22, printed: 'Position' },
  { header: 'startsAt', value: ({ startsAt }) => startsAt, width: 20, instant: true, printed: 'Starts' },
  { header: 'endsAt', value: ({ endsAt }) => endsAt, width: 20, instant: true, printed: 'Ends' },
  { header: 'timezone', value: ({ timezone }) => timezone, width: 20 },
  { header: 'location', value: ({ location }) => location, width: 20, printed: 'Location' },
  { header: 'meetingUrl', value: ({ meetingUrl }) => meetingUrl, width: 32 },
  { header: 'notes', value: ({ notes }) => notes, width: 40 },
  { header: 'panel', value: ({ panel }) => panel.map(seatOf), width: 46, printed: 'Panel' },
  { header: 'organizerId', value: ({ organizerId }) => organizerId, width: 38 },
  { header: 'overrideReason', value: ({ override }) => override?.reason ?? null, width: 28 },
  { header: 'cancellationReason', value: ({ cancellation }) => cancellation?.reason ?? null, width: 28 },
  { header: 'cancelledAt', value: ({ cancellation }) => cancellation?.cancelledAt ?? null, width: 20, instant: true },
  { header: 'externalId', value: ({ externalId }) => externalId, width: 18 },
  { header: 'version', value: ({ version }) => version, width: 8 },
  { header: 'createdAt', value: ({ createdAt }) => createdAt, width: 20, instant: true },
  { header: 'updatedAt', value: ({ updatedAt }) => updatedAt, width: 20, instant: true },
]

/** Returns text such as `Ada Lovelace (lead, accepted)`. */
function seatOf({ name, role, response }: PanelMember): string {
  return `${name} (${role}, ${response})`
}
