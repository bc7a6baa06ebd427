import { Type, type Static } from '@sinclair/typebox'
import { ExportQuery } from '../../domain/lists/export.ts'
import { Instant, Line, Nullable } from '../../domain/lists/fields.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'

export const AuditLog = Type.Object(
  {
    id: Type.Integer({ minimum: 1, description: 'Increases: the order of the journal' }),
    occurredAt: Instant,
    actorId: Nullable(Type.String({ description: 'null: a stranger or the command line' })),
    actorName: Type.String(),
    action: Type.String(),
    entityType: Type.String(),
    entityId: Nullable(Type.String()),
    changes: Type.Record(Type.String(), Type.Object({ from: Type.Unknown(), to: Type.Unknown() }), {
      description: 'What each field was, and what it became',
    }),
    reason: Nullable(Type.String()),
    requestId: Nullable(Type.String()),
    ip: Nullable(Type.String()),
    userAgent: Nullable(Type.String()),
  },
  {
    $id: 'AuditLog',
    description: 'One change, as the journal has it',
    examples: [
      {
        id: 42,
        occurredAt: '2026-03-01T08:00:00.000Z',
        actorId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d01',
        actorName: 'Tess Talent',
        action: 'cancel',
        entityType: 'event',
        entityId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11',
        changes: { status: { from: 'scheduled', to: 'cancelled' } },
        reason: 'The position was filled',
        requestId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d99',
        ip: '127.0.0.1',
        userAgent: 'curl/8.5.0',
      },
    ],
  },
)
export type AuditLog = Static<typeof AuditLog>

export const AuditLogPage = PageOf(AuditLog, 'AuditLogPage')

export const AuditLogId = Type.Object(
  { id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  { additionalProperties: false },
)

const SORTS: ['id'] = ['id']

export const AuditLogQuery = PageQuery(SORTS, {
  entityType: Type.Optional(Line(60, { examples: ['event'] })),
  entityId: Type.Optional(Line(64)),
  actorId: Type.Optional(Line(64)),
  action: Type.Optional(Line(60, { examples: ['cancel'] })),
  requestId: Type.Optional(Line(128)),
  occurredAfter: Type.Optional(Type.String({ ...Instant, description: 'Inclusive' })),
  occurredBefore: Type.Optional(Type.String({ ...Instant, description: 'Exclusive' })),
})
export type AuditLogQuery = Static<typeof AuditLogQuery>

export const AuditLogExportQuery = ExportQuery(AuditLogQuery)
export type AuditLogExportQuery = Static<typeof AuditLogExportQuery>

export const HistoryQuery = PageQuery(SORTS, {})
