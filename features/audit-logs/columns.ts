import type { Column } from '../../plugins/exports.ts'
import type { AuditLog } from './schemas.ts'

/** The columns of an export. */
export const COLUMNS: readonly Column<AuditLog>[] = [
  { header: 'id', value: ({ id }) => id, width: 10, printed: 'Id' },
  { header: 'occurredAt', value: ({ occurredAt }) => occurredAt, width: 20, instant: true, printed: 'When' },
  { header: 'actorId', value: ({ actorId }) => actorId, width: 38 },
  { header: 'actorName', value: ({ actorName }) => actorName, width: 22, printed: 'Who' },
  { header: 'action', value: ({ action }) => action, width: 14, printed: 'Did' },
  { header: 'entityType', value: ({ entityType }) => entityType, width: 16, printed: 'To' },
  { header: 'entityId', value: ({ entityId }) => entityId, width: 38, printed: 'Which' },
  { header: 'changes', value: ({ changes }) => JSON.stringify(changes), width: 60, printed: 'Changes' },
  { header: 'reason', value: ({ reason }) => reason, width: 28, printed: 'Reason' },
  { header: 'requestId', value: ({ requestId }) => requestId, width: 38 },
  { header: 'ip', value: ({ ip }) => ip, width: 16, printed: 'Address' },
  { header: 'userAgent', value: ({ userAgent }) => userAgent, width: 30 },
]
