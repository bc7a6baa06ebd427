import type { FastifyInstance } from 'fastify'
import { outboxRepository } from './repository.ts'

/** Adds the number of mails in the outbox and their delay to the metrics. */
export function outboxFigures({ metrics, db }: FastifyInstance): void {
  metrics.add(
    {
      panelist_outbox_mails: {
        type: 'gauge',
        help: 'Mails that wait to be sent (pending) and mails that were given up (dead)',
        label: 'status',
        across: 'max', // each process counts all mails
      },
      panelist_outbox_overdue_seconds: {
        type: 'gauge',
        help: 'The delay of the mail that should be sent first',
        across: 'max',
      },
    },
    async () => {
      const { pending = 0, dead = 0, firstDueAt = null } = (await outboxRepository(db).depth()) ?? {}
      const late = firstDueAt === null ? 0 : Math.max(0, Date.now() - Date.parse(firstDueAt))
      return { panelist_outbox_mails: { pending, dead }, panelist_outbox_overdue_seconds: late / 1000 }
    },
  )
}
