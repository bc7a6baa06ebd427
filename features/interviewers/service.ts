import createError from '@fastify/error'
import type { Database, Transaction } from '../../db/database.ts'
import type { Actor, AuditLogger } from '../../plugins/audit-logger.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { detailed, found, ValidationError } from '../../plugins/errors.ts'
import type { ExportedList } from '../../plugins/exports.ts'
import type { Idempotency } from '../../plugins/idempotency.ts'
import { onForeignKey, onUnique } from '../constraints.ts'
import { newId } from '../ids.ts'
import { COLUMNS } from './columns.ts'
import { interviewersRepository } from './repository.ts'
import type {
  ChangedInterviewer,
  Interviewer,
  InterviewerChanges,
  InterviewerExportQuery,
  InterviewerQuery,
  NewInterviewer,
} from './schemas.ts'

export const EmailTaken = createError<[string]>(
  'EMAIL_TAKEN',
  'There is already an interviewer with the address %s',
  409,
)
const UserTaken = createError('USER_TAKEN', 'This account already acts as another interviewer', 409)
const HasEvents = createError<[string]>('HAS_EVENTS', '%s; make them inactive instead', 409)

const DEFAULTS = {
  title: null,
  department: null,
  skills: [],
  interviewTypes: [],
  timezone: 'UTC',
  status: 'active',
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  maxPerDay: null,
  maxPerWeek: null,
  weight: 100,
  userId: null,
} satisfies Partial<Interviewer>

const ENTITY = 'interviewer'

export const interviewersService = (db: Database, audit: AuditLogger, idempotency: Idempotency) => ({
  list: (query: InterviewerQuery) => interviewersRepository(db).list(query),

  /** All of the list, as a file. */
  exported: (query: InterviewerExportQuery) => exported(db, query),

  find: async (id: string) => found(await interviewersRepository(db).find(id), ENTITY),

  create: (actor: Actor, body: NewInterviewer): Promise<Interviewer> =>
    idempotency.once(actor, async tx => {
      const id = newId()
      const interviewers = interviewersRepository(tx)
      await write(interviewers.insert({ ...UNSAVED, ...DEFAULTS, ...asSets(body), id }), body)
      const after = found(await interviewers.find(id), ENTITY)
      await audit.record(tx, actor, { action: 'create', entityType: ENTITY, entityId: id, after })
      return after
    }),

  /** Changes the fields that are sent. With interviews still ahead of somebody no longer active, warns of each. */
  update: (
    actor: Actor,
    id: string,
    changes: InterviewerChanges,
    expected: ExpectedVersions,
  ): Promise<ChangedInterviewer> =>
    db.transaction(async tx => {
      const interviewers = interviewersRepository(tx)
      const before = found(await interviewers.find(id), ENTITY)
      assertVersion(before.version, expected)
      await write(interviewers.update({ ...before, ...asSets(changes) }), changes)
      const after = found(await interviewers.find(id), ENTITY)
      await audit.record(tx, actor, { action: 'update', entityType: ENTITY, entityId: id, before, after })
      const leaves = after.status === 'inactive' && before.status !== 'inactive'
      return leaves ? withWarnings(tx, after) : after
    }),

  delete: (actor: Actor, id: string, expected: ExpectedVersions): Promise<void> =>
    db.transaction(async tx => {
      const interviewers = interviewersRepository(tx)
      const before = found(await interviewers.find(id), ENTITY)
      assertVersion(before.version, expected)
      const events = await interviewers.countEvents(id)
      await interviewers.delete(id).catch(onForeignKey(() => hasEvents(before, events)))
      await audit.record(tx, actor, { action: 'delete', entityType: ENTITY, entityId: id, before })
    }),
})

function exported(db: Database, query: InterviewerExportQuery): ExportedList<Interviewer> {
  const rows = interviewersRepository(db).whole(query)
  return { name: 'interviewers', title: 'Interviewers', entityType: ENTITY, asked: query, columns: COLUMNS, rows }
}

/** The columns that the database fills in. */
const UNSAVED = { version: 1, createdAt: '', updatedAt: '' }

function write(statement: Promise<unknown>, { email, userId }: InterviewerChanges): Promise<unknown> {
  return statement
    .catch(onUnique(() => new EmailTaken(email ?? ''), 'interviewers_email'))
    .catch(onUnique(() => new UserTaken(), 'interviewers_user_id'))
    .catch(onForeignKey(() => new ValidationError('/userId', userId, 'there is no such user')))
}

async function withWarnings(tx: Transaction, interviewer: Interviewer): Promise<ChangedInterviewer> {
  const events = await interviewersRepository(tx).futureEvents(interviewer.id, new Date().toISOString())
  if (events.length === 0) return interviewer
  const warnings = events.map(event => ({
    code: 'FUTURE_EVENT',
    message: `${interviewer.name} still sits in "${event.title}"`,
    ...event,
  }))
  return { ...interviewer, warnings }
}

function hasEvents({ name }: Interviewer, events: number): Error {
  return detailed(new HasEvents(`${name} sits in ${events === 1 ? 'one interview' : `${events} interviews`}`), [
    { events },
  ])
}

/** Skills and types are sets: trimmed, and of two that differ only in case the first one stays. */
function asSets<Body extends InterviewerChanges>(body: Body): Body {
  return {
    ...body,
    ...(body.skills && { skills: distinct(body.skills) }),
    ...(body.interviewTypes && { interviewTypes: distinct(body.interviewTypes) }),
  }
}

function distinct<Word extends string>(words: readonly Word[]): string[] {
  const firsts = new Map<string, string>()
  for (const word of words) {
    const trimmed = word.trim()
    if (!firsts.has(trimmed.toLowerCase())) firsts.set(trimmed.toLowerCase(), trimmed)
  }
  return [...firsts.values()]
}
