import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../plugins/actor.ts'
import { found } from '../../plugins/errors.ts'
import { userCountRepository } from './repository.ts'
import type { Recalculation, UserCount } from './schemas.ts'

type Parts = Pick<FastifyInstance, 'db' | 'audit'>

export const userCountService = ({ db, audit }: Parts) => ({
  read: async (): Promise<UserCount> => found(await userCountRepository(db).read(), 'user count; recalculate it'),

  /** Recounts the users, stores the count, and returns the count that was stored before. */
  recalculate: (actor: Actor): Promise<Recalculation> =>
    db.transaction(async tx => {
      const counts = userCountRepository(tx)
      const before = (await counts.read())?.totalUsers ?? null
      const after = await counts.count()
      const lastUpdated = new Date().toISOString()
      await counts.keep(after, lastUpdated)
      await audit.record(tx, actor, {
        action: 'recalculate',
        entityType: 'usercount',
        entityId: null,
        before: { totalUsers: before },
        after: { totalUsers: after },
      })
      return { totalUsers: after, before, after, corrected: before !== after, lastUpdated }
    }),
})
