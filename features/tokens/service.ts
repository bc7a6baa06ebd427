import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Database } from '../../db/database.ts'
import type { AuditLogger } from '../../plugins/audit-logger.ts'
import type { Principal } from '../../plugins/auth.ts'
import { API_TOKEN_PREFIX } from '../../plugins/auth/identity.ts'
import { found, ValidationError } from '../../plugins/errors.ts'
import { hashOfSecret, randomSecret } from '../../plugins/secrets.ts'
import { newId } from '../../domain/lists/fields.ts'
import type { PageRequest } from '../../domain/lists/page.ts'
import { instant } from '../../domain/time.ts'
import { tokensRepository } from './repository.ts'
import type { ApiToken, CreatedApiToken, NewApiToken } from './schemas.ts'

const MOST_TOKENS = 100
const TooMany = createError('TOO_MANY_TOKENS', `You have ${MOST_TOKENS} API tokens; remove one that is not used`, 409)

const ENTITY = 'api_token'

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency'>

/** API tokens of the actor: nobody sees the tokens of someone else. */
export const tokensService = ({ db, audit, idempotency }: Parts) => ({
  list: (actor: Principal, request: PageRequest) => tokensRepository(db).list(request, actor.id),

  async create(actor: Principal, body: NewApiToken): Promise<CreatedApiToken> {
    const expiresAt = expiryOf(body)
    const secret = API_TOKEN_PREFIX + randomSecret()
    const hash = hashOfSecret(secret)
    const token = await idempotency.once(actor, async tx => {
      const tokens = tokensRepository(tx)
      if ((await tokens.count(actor.id)) >= MOST_TOKENS) throw new TooMany()
      const id = newId()
      await tokens.insert({ ...body, id, userId: actor.id, hash, expiresAt })
      const after = found(await tokens.find(id, actor.id), 'API token')
      await audit.record(tx, actor, {
        action: 'create',
        entityType: ENTITY,
        entityId: id,
        after: entryOf(after, actor),
      })
      return after
    })
    if (actor.idempotency?.replayed === true) await renew(db, audit, { actor, id: token.id, hash })
    return { ...token, secret }
  },

  delete: (actor: Principal, id: string): Promise<void> =>
    db.transaction(async tx => {
      const tokens = tokensRepository(tx)
      const before = found(await tokens.find(id, actor.id), 'API token')
      await tokens.delete(id)
      await audit.record(tx, actor, {
        action: 'delete',
        entityType: ENTITY,
        entityId: id,
        before: entryOf(before, actor),
      })
    }),
})

/** As the secret is kept nowhere, a repetition with the same key gets a new one, and the earlier one stops working. */
function renew(
  db: Database,
  audit: AuditLogger,
  { actor, id, hash }: { actor: Principal; id: string; hash: string },
): Promise<void> {
  return db.transaction(async tx => {
    const tokens = tokensRepository(tx)
    found(await tokens.find(id, actor.id), 'API token')
    await tokens.setHash(id, hash)
    await audit.record(tx, actor, { action: 'renew', entityType: ENTITY, entityId: id })
  })
}

function expiryOf({ expiresAt = null }: NewApiToken): string | null {
  if (expiresAt === null) return null
  if (Date.parse(expiresAt) <= Date.now()) throw new ValidationError('/expiresAt', expiresAt, 'is in the past')
  return instant(expiresAt)
}

function entryOf({ name, scopes, expiresAt }: ApiToken, { id }: Principal): object {
  return { userId: id, name, scopes, expiresAt }
}
