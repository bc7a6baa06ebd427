import fp from 'fastify-plugin'
import type { SqlValue, Transaction } from '../db/database.ts'
import type { Actor } from './actor.ts'

const APPEND = `INSERT INTO audit_logs
  (occurred_at, actor_id, actor_name, action, entity_type, entity_id, changes, reason, request_id, ip, user_agent)
  VALUES (:occurredAt, :actorId, :actorName, :action, :entityType, :entityId, :changes, :reason, :requestId, :ip, :userAgent)`

/** What changes with every write and tells nothing. */
const UNTOLD = new Set(['id', 'version', 'createdAt', 'updatedAt'])

export interface AuditEntry {
  /** A verb in the imperative: create, update, delete, cancel, login … */
  readonly action: string
  readonly entityType: string
  readonly entityId: string | null
  /** The thing as clients see it, before and after; never anything secret. */
  readonly before?: object
  readonly after?: object
  readonly reason?: string | undefined
}

export type Changes = Record<string, { from: unknown; to: unknown }>

export interface AuditLogger {
  /** Appends one row to the journal, in the transaction of the write it tells of. */
  record(tx: Transaction, actor: Actor, entry: AuditEntry): Promise<void>
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly audit: AuditLogger
  }
}

/** `app.audit`: the exact journal of every change. */
export const auditLoggerPlugin = fp(
  async app => {
    app.decorate('audit', auditLogger)
  },
  { name: 'audit-logger', dependencies: ['db'] },
)

export const auditLogger: AuditLogger = {
  async record(tx, actor, { action, entityType, entityId, before, after, reason }) {
    const row: Record<string, SqlValue> = {
      occurredAt: new Date().toISOString(),
      actorId: actor.id,
      actorName: actor.name,
      action,
      entityType,
      entityId,
      changes: JSON.stringify(changesBetween(before, after)),
      reason: reason ?? null,
      requestId: actor.requestId,
      ip: actor.ip,
      userAgent: actor.userAgent,
    }
    await tx.run(APPEND, row)
  },
}

/** Field by field what differs; a field that one side does not have counts as null. */
export function changesBetween(before: object = {}, after: object = {}): Changes {
  const from = new Map<string, unknown>(Object.entries(before))
  const to = new Map<string, unknown>(Object.entries(after))
  const changes: Changes = {}
  for (const field of new Set([...from.keys(), ...to.keys()])) {
    const [old = null, now = null] = [from.get(field), to.get(field)]
    if (UNTOLD.has(field) || same(old, now)) continue
    changes[field] = { from: old, to: now }
  }
  return changes
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
}
