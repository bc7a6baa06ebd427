import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../plugins/actor.ts'
import type { Principal } from '../../plugins/auth.ts'
import { found } from '../../plugins/errors.ts'
import { EmailTaken, RegistrationClosed } from '../../domain/accounts/account.ts'
import { onUnique } from '../../domain/sql.ts'
import { newId } from '../../domain/lists/fields.ts'
import { confirmationStore } from '../../domain/accounts/confirmations.ts'
import { newSession, sessionStore } from '../../domain/accounts/sessions.ts'
import { begin, type Started } from '../../domain/accounts/sign-in.ts'
import { login } from './login.ts'
import { authRepository } from './repository.ts'
import type { Registration } from './schemas.ts'

const InvalidCode = createError(
  'INVALID_CONFIRMATION',
  'This code confirms nothing: it was used, has expired, or is not the one in the mail',
  400,
)

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency' | 'passwords' | 'config'>

export const authService = (parts: Parts) => ({
  /** Creates an account and signs it in. A repetition with the same key signs in again, as no token is ever kept. */
  register: async (stranger: Actor, { password, ...body }: Registration): Promise<Started> => {
    const { audit, idempotency, passwords, config } = parts
    if (config.REGISTRATION === 'closed') throw new RegistrationClosed()
    await passwords.assertStrong(password, body)
    const passwordHash = await passwords.hash(password)
    const session = newSession()
    const user = await idempotency.once(stranger, async tx => {
      const now = new Date().toISOString()
      const id = newId()
      const users = authRepository(tx)
      await users
        .insert({ ...body, id, role: 'interviewer', passwordHash, lastLoginAt: now, emailVerified: 0 })
        .catch(onUnique(() => new EmailTaken(body.email)))
      const after = found(await users.find(id), 'user')
      const actor = { ...stranger, id, name: after.name }
      await audit.record(tx, actor, { action: 'register', entityType: 'user', entityId: id, after })
      await begin(tx, audit, { actor, userId: id, session, now })
      return after
    })
    if (stranger.idempotency?.replayed === true) return login(parts, stranger, { email: body.email, password })
    return { user, session }
  },

  /** Whoever sends the code of a mail has shown that the address is theirs. */
  confirm: (stranger: Actor, code: string): Promise<void> =>
    parts.db.transaction(async tx => {
      const confirmations = confirmationStore(tx)
      const account = await confirmations.accountOf(code, new Date().toISOString())
      if (!account) throw new InvalidCode()
      const { id } = account
      await confirmations.prove(id)
      const entry = { action: 'confirm', entityType: 'user', entityId: id, after: { emailVerified: true } }
      await parts.audit.record(tx, { ...stranger, ...account }, entry)
    }),

  logout: (actor: Principal): Promise<void> =>
    parts.db.transaction(async tx => {
      const { id, sessionId } = actor
      if (sessionId === null) return
      const { changes } = await sessionStore(tx).end(sessionId, new Date().toISOString())
      if (changes === 0) return
      const entry = { action: 'logout', entityType: 'session', entityId: sessionId, before: { userId: id } }
      await parts.audit.record(tx, actor, entry)
    }),
})
