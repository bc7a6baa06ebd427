import type { FastifyInstance } from 'fastify'
import { publicAddress } from '../../plugins/config.ts'
import type { Caller } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import { hashOfSecret, randomSecret } from '../../plugins/secrets.ts'
import { newId } from '../../domain/lists/fields.ts'
import { visibleInterviewer } from '../../domain/panels/interviewer.ts'
import { feedsRepository } from './repository.ts'
import type { Feed, NewFeed } from './schemas.ts'

const ENTITY = 'feed'

export type FeedsParts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency' | 'config'>

/** The feeds of one interviewer, for staff and for the interviewer. */
export const feedsService = (parts: FeedsParts) => ({
  list: async (viewer: Caller, interviewerId: string): Promise<{ data: Feed[] }> => {
    await visibleInterviewer(parts.db, viewer, interviewerId)
    return { data: await feedsRepository(parts.db).list(interviewerId) }
  },

  find: async (viewer: Caller, { id, interviewerId }: Pick<Feed, 'id' | 'interviewerId'>): Promise<Feed> => {
    await visibleInterviewer(parts.db, viewer, interviewerId)
    return found(await feedsRepository(parts.db).find(id, interviewerId), ENTITY)
  },

  create: async (actor: Caller, interviewerId: string): Promise<NewFeed> => {
    const secret = randomSecret()
    const feed = await parts.idempotency.once(actor, async tx => {
      const feeds = feedsRepository(tx)
      await visibleInterviewer(tx, actor, interviewerId)
      const id = newId()
      await feeds.insert({ id, interviewerId, hash: hashOfSecret(secret), userId: actor.id })
      const after = found(await feeds.find(id, interviewerId), ENTITY)
      await parts.audit.record(tx, actor, { action: 'create', entityType: ENTITY, entityId: id, after })
      return after
    })
    // The secret is not stored: a repeated request with the same key gets a new one, and the old one stops working.
    return actor.idempotency?.replayed === true ? rotate(parts, actor, feed) : withAddresses(parts, feed, secret)
  },

  /** Gives a feed new addresses; the old ones stop working. */
  rotate: (actor: Caller, feed: Pick<Feed, 'id' | 'interviewerId'>, expected: ExpectedVersions): Promise<NewFeed> =>
    rotate(parts, actor, feed, expected),

  delete: (
    actor: Caller,
    { id, interviewerId }: Pick<Feed, 'id' | 'interviewerId'>,
    expected: ExpectedVersions,
  ): Promise<void> =>
    parts.db.transaction(async tx => {
      const feeds = feedsRepository(tx)
      await visibleInterviewer(tx, actor, interviewerId)
      const before = found(await feeds.find(id, interviewerId), ENTITY)
      assertVersion(before.version, expected)
      await feeds.delete(id)
      await parts.audit.record(tx, actor, { action: 'delete', entityType: ENTITY, entityId: id, before })
    }),
})

async function rotate(
  parts: FeedsParts,
  actor: Caller,
  { id, interviewerId }: Pick<Feed, 'id' | 'interviewerId'>,
  expected?: ExpectedVersions,
): Promise<NewFeed> {
  const secret = randomSecret()
  const feed = await parts.db.transaction(async tx => {
    const feeds = feedsRepository(tx)
    await visibleInterviewer(tx, actor, interviewerId)
    assertVersion(found(await feeds.find(id, interviewerId), ENTITY).version, expected)
    await feeds.setHash({ id, hash: hashOfSecret(secret), userId: actor.id })
    await parts.audit.record(tx, actor, { action: 'rotate', entityType: ENTITY, entityId: id })
    return found(await feeds.find(id, interviewerId), ENTITY)
  })
  return withAddresses(parts, feed, secret)
}

function withAddresses({ config }: FeedsParts, feed: Feed, secret: string): NewFeed {
  const address = `${publicAddress(config)}/calendar/${secret}`
  return { ...feed, eventsUrl: `${address}/events.ics`, freebusyUrl: `${address}/freebusy.ics` }
}
