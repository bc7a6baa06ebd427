import type { FastifyInstance } from 'fastify'
import { Forbidden, type Principal } from '../../plugins/auth.ts'
import { found } from '../../plugins/errors.ts'
import { hashOfSecret } from '../../plugins/secrets.ts'
import type { Page } from '../../domain/lists/page.ts'
import { sessionsRepository } from './repository.ts'
import type { Session, SessionQuery } from './schemas.ts'

const ENTITY = 'session'

type Parts = Pick<FastifyInstance, 'db' | 'audit'>

export const sessionsService = ({ db, audit }: Parts) => ({
  /** The sessions that are alive, of the actor, or for an admin of anybody. */
  list: (actor: Principal, query: SessionQuery): Promise<Page<Session>> => {
    const userId = query.userId ?? actor.id
    if (userId !== actor.id && actor.role !== 'admin')
      throw new Forbidden(`Only an admin sees the sessions of other people`)
    return sessionsRepository(db).list(query, userId, new Date().toISOString())
  },

  findByToken: async (actor: Principal, token: string): Promise<Session> =>
    found(
      shownTo(actor, await sessionsRepository(db).findByToken(hashOfSecret(token), new Date().toISOString())),
      ENTITY,
    ),

  /** Ends a session: its tokens are dead from now on. */
  end: (actor: Principal, id: string): Promise<void> =>
    db.transaction(async tx => {
      const sessions = sessionsRepository(tx)
      const now = new Date().toISOString()
      const { userId } = found(shownTo(actor, await sessions.find(id, now)), ENTITY)
      await sessions.end(id, now)
      await audit.record(tx, actor, { action: 'end', entityType: ENTITY, entityId: id, before: { userId } })
    }),
})

/** Only admins see sessions other than their own. */
function shownTo(actor: Principal, session: Session | undefined): Session | undefined {
  return actor.role === 'admin' || session?.userId === actor.id ? session : undefined
}
