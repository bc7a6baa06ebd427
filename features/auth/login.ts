import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Queryable, Transaction } from '../../db/database.ts'
import type { Actor } from '../../plugins/actor.ts'
import { siteOf } from '../../plugins/client-address.ts'
import { found, retryIn } from '../../plugins/errors.ts'
import { addressKey } from '../../plugins/validation/addresses.ts'
import { newSession } from '../../domain/accounts/sessions.ts'
import { begin, type Started } from '../../domain/accounts/sign-in.ts'
import { authRepository, type CredentialsRow, type Door } from './repository.ts'
import type { Credentials } from './schemas.ts'
import { KNOWN_MS, secondsToWait, WINDOW_MS } from './throttle.ts'

const WrongCredentials = createError('INVALID_CREDENTIALS', 'The address or the password is wrong', 401)
const SlowedDown = createError<[number]>('LOGIN_THROTTLED', 'Too many failed sign-ins; try again in %d seconds', 429)

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'passwords'>

/** What one attempt to sign in has come to, once it is committed; `changed`: the password, while it was looked at. */
type Outcome = { readonly started: Started } | { readonly refusal: Error } | 'changed'

/** Whether an account has lately been used from a network: there it has attempts that no stranger can use up. */
export function isKnownAt(sql: Queryable, email: string, network: string): Promise<boolean> {
  return authRepository(sql).isKnownAt(email, network, ago(KNOWN_MS, new Date().toISOString()))
}

/** Unknown and disabled accounts and wrong passwords are refused alike, and take as long. */
export async function login(parts: Parts, stranger: Actor, { email, password }: Credentials): Promise<Started> {
  const { db, passwords } = parts
  const door = { account: addressKey(email), network: siteOf(stranger.ip ?? '') }
  // Spares the hashing; what counts is decided again when the attempt is written down.
  const refusal = await slowedDown(db, door, new Date().toISOString())
  if (refusal) throw refusal

  const known = await authRepository(db).credentials(door.account)
  const hash = known?.status === 'active' ? known.passwordHash : null
  const right = await passwords.verify(password, hash)
  const renewed = right && hash !== null && passwords.isOutdated(hash) ? await passwords.hash(password) : null
  const checked = right ? known : undefined
  const outcome = await db.transaction(tx => decide(tx, parts, { stranger, door, checked, renewed }))
  if (outcome === 'changed') return login(parts, stranger, { email, password })
  if ('refusal' in outcome) throw outcome.refusal
  return outcome.started
}

async function slowedDown(sql: Queryable, door: Door, now: string): Promise<Error | undefined> {
  const logins = authRepository(sql)
  const failures = await logins.failuresSince(door, ago(WINDOW_MS, now))
  if ((failures.anywhere.lastAt ?? '') > now) {
    await logins.bringBack(door, now)
    return slowedDown(sql, door, now)
  }
  const seconds = secondsToWait(failures, await isKnownAt(sql, door.account, door.network), now)
  return seconds === 0 ? undefined : retryIn(new SlowedDown(seconds), seconds)
}

interface Attempt {
  readonly stranger: Actor
  readonly door: Door
  /** The account as it was when its password was found to be right. */
  readonly checked: CredentialsRow | undefined
  readonly renewed: string | null
}

/**
 * The outcome of an attempt, in the order in which attempts are committed: of many simultaneous guesses only as many
 * learn anything as one after the other would have.
 */
async function decide(tx: Transaction, parts: Parts, attempt: Attempt): Promise<Outcome> {
  const { door, checked } = attempt
  const logins = authRepository(tx)
  const now = new Date().toISOString()
  const refusal = await slowedDown(tx, door, now)
  if (refusal) return { refusal }
  const current = await logins.credentials(door.account)
  if (!checked) return failed(tx, parts, attempt, { id: current?.id ?? null, now })
  const same = current?.id === checked.id && current.passwordHash === checked.passwordHash
  return same && current.status === 'active' ? succeeded(tx, parts, attempt, { ...current, now }) : 'changed'
}

async function failed(
  tx: Transaction,
  { audit }: Parts,
  { stranger, door }: Attempt,
  { id, now }: { id: string | null; now: string },
): Promise<Outcome> {
  const logins = authRepository(tx)
  await logins.forgetFailures(ago(WINDOW_MS, now))
  await logins.fail(door, now)
  const actor = { ...stranger, name: door.account }
  await audit.record(tx, actor, { action: 'login_failed', entityType: 'user', entityId: id })
  return { refusal: new WrongCredentials() }
}

async function succeeded(
  tx: Transaction,
  parts: Parts,
  { stranger, door, renewed }: Attempt,
  { id, name, now }: { id: string; name: string; now: string },
): Promise<Outcome> {
  const logins = authRepository(tx)
  const session = newSession()
  await logins.clearFailures(door)
  await logins.signedIn(id, renewed, now)
  await begin(tx, parts.audit, { actor: { ...stranger, id, name }, userId: id, session, now })
  return { started: { user: found(await logins.find(id), 'user'), session } }
}

function ago(milliseconds: number, now: string): string {
  return new Date(Date.parse(now) - milliseconds).toISOString()
}
