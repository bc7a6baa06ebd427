import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../plugins/actor.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import { outboxRepository } from './repository.ts'
import type { OutboxMail, OutboxQuery } from './schemas.ts'

const AlreadySent = createError('ALREADY_SENT', 'This mail has already been sent and cannot be sent again', 409)

const ENTITY = 'mail'

type Parts = Pick<FastifyInstance, 'db' | 'audit'>

export const outboxService = ({ db, audit }: Parts) => ({
  list: (query: OutboxQuery) => outboxRepository(db).list(query),

  find: async (id: string): Promise<OutboxMail> => found(await outboxRepository(db).find(id), ENTITY),

  /** Tries a mail that waits or was given up, at once. */
  retry: (actor: Actor, id: string, expected: ExpectedVersions): Promise<OutboxMail> =>
    db.transaction(async tx => {
      const outbox = outboxRepository(tx)
      const before = found(await outbox.find(id), ENTITY)
      assertVersion(before.version, expected)
      const { changes } = await outbox.retry(id, new Date().toISOString())
      if (changes === 0) throw new AlreadySent()
      const after = found(await outbox.find(id), ENTITY)
      await audit.record(tx, actor, { action: 'retry', entityType: ENTITY, entityId: id, before, after })
      return after
    }),
})
