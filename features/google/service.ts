import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import type { Actor } from '../../plugins/actor.ts'
import { found } from '../../plugins/errors.ts'
import { RegistrationClosed } from '../../domain/accounts/account.ts'
import { onUnique } from '../../domain/sql.ts'
import { newId } from '../../domain/lists/fields.ts'
import { endAccess } from '../../domain/accounts/access.ts'
import { newSession } from '../../domain/accounts/sessions.ts'
import { begin, type Started } from '../../domain/accounts/sign-in.ts'
import { isAllowed } from './domains.ts'
import type { Person } from './person.ts'
import { googleRepository, type KnownAccount } from './repository.ts'

const ENTITY = 'user'

const EmailNotVerified = createError('EMAIL_NOT_VERIFIED', 'Google has not verified that this address is yours', 403)
const DomainNotAllowed = createError('DOMAIN_NOT_ALLOWED', 'Accounts of this organisation cannot sign in here', 403)
const AccountDisabled = createError('ACCOUNT_DISABLED', 'This account is disabled; an admin can change that', 403)
const AlreadyLinked = createError('ALREADY_LINKED', 'This account belongs to another Google account already', 403)
/** Transactions run one after the other, so only another program can have made what was not there a moment ago. */
const Overtaken = createError('BUSY', 'This account is being signed in to at this moment; please try again', 503)

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'config'>

type Outcome = { readonly started: Started } | { readonly refusal: Error }

export const googleService = (parts: Parts) => ({
  /** Signs somebody in to their account: linked before, or found by its address and linked now, or made. */
  async signIn(stranger: Actor, person: Person): Promise<Started> {
    const outcome = await parts.db.transaction(tx => decide(tx, parts, stranger, person))
    if ('refusal' in outcome) throw outcome.refusal
    return outcome.started
  },
})

async function decide(tx: Transaction, parts: Parts, stranger: Actor, person: Person): Promise<Outcome> {
  const { audit, config } = parts
  const accounts = googleRepository(tx)
  const known = (await accounts.bySubject(person.subject)) ?? (await accounts.byAddress(person.email))
  const refusal = refusalOf(config, person, known)
  if (refusal) {
    const entry = { action: 'login_failed', entityType: ENTITY, entityId: known?.id ?? null, reason: refusal.message }
    if (known) await audit.record(tx, { ...stranger, name: person.email || known.name }, entry)
    return { refusal }
  }
  const now = new Date().toISOString()
  const session = newSession()
  const actor = await welcome({ tx, parts, stranger, person, now }, known)
  await begin(tx, audit, { actor, userId: actor.id, session, now })
  return { started: { user: found(await accounts.find(actor.id), ENTITY), session } }
}

/** Those who are refused whoever they are come first: a stranger learns nothing of an account. */
function refusalOf(
  { GOOGLE_ALLOWED_DOMAINS, REGISTRATION }: Parts['config'],
  { subject, email, emailVerified, hostedDomain }: Person,
  known: KnownAccount | undefined,
): Error | undefined {
  if (!emailVerified) return new EmailNotVerified()
  if (!isAllowed(GOOGLE_ALLOWED_DOMAINS, email, hostedDomain)) return new DomainNotAllowed()
  if (!known) return REGISTRATION === 'closed' ? new RegistrationClosed() : undefined
  if (known.status !== 'active') return new AccountDisabled()
  return known.subject === null || known.subject === subject ? undefined : new AlreadyLinked()
}

interface Welcome {
  readonly tx: Transaction
  readonly parts: Parts
  readonly stranger: Actor
  readonly person: Person
  readonly now: string
}

type Owner = Actor & { readonly id: string }

/** Makes or links the account where that is to be done; returns whose it is. */
async function welcome(coming: Welcome, known: KnownAccount | undefined): Promise<Owner> {
  if (!known) return register(coming)
  const { tx, stranger, now } = coming
  const owner = { ...stranger, id: known.id, name: known.name }
  if (known.subject === null) {
    const unproven = known.emailVerified === 0
    if (unproven) await endEarlierAccess(tx, known.id)
    await link(coming, owner, unproven ? { password: 'removed' } : {})
  }
  await googleRepository(tx).signedIn(known.id, null, now)
  return owner
}

/**
 * Whoever registered with this address had never shown that it is theirs, and its owner has come: nothing that let the
 * former in may let them in again.
 */
async function endEarlierAccess(tx: Transaction, userId: string): Promise<void> {
  await googleRepository(tx).prove(userId)
  await endAccess(tx, userId)
}

async function register(coming: Welcome): Promise<Owner> {
  const { tx, parts, stranger, person, now } = coming
  const accounts = googleRepository(tx)
  const { email, name } = person
  const owner = { ...stranger, id: newId(), name }
  await accounts
    .insert({ id: owner.id, email, name, role: 'interviewer', passwordHash: null, lastLoginAt: now })
    .catch(onUnique(() => new Overtaken()))
  const after = found(await accounts.find(owner.id), ENTITY)
  await parts.audit.record(tx, owner, { action: 'register', entityType: ENTITY, entityId: owner.id, after })
  await link(coming, owner, {})
  return owner
}

async function link({ tx, parts, person }: Welcome, owner: Owner, more: object): Promise<void> {
  const { subject } = person
  await googleRepository(tx)
    .link(subject, owner.id)
    .catch(onUnique(() => new Overtaken()))
  const after = { provider: 'google', subject, ...more }
  await parts.audit.record(tx, owner, { action: 'link', entityType: ENTITY, entityId: owner.id, after })
}
