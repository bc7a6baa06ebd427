import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Queryable } from '../../db/database.ts'
import type { Actor } from '../../plugins/actor.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { detailed, found, ValidationError } from '../../plugins/errors.ts'
import type { ExportedList } from '../../plugins/exports.ts'
import { onForeignKey, onUnique } from '../../domain/sql.ts'
import { COLUMNS } from './columns.ts'
import { changed, drafted } from './drafts.ts'
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

export const ENTITY = 'interviewer'

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency'>

export const interviewersService = ({ db, audit, idempotency }: Parts) => ({
  list: (query: InterviewerQuery) => interviewersRepository(db).list(query),

  /** All of the list, as a file. */
  exported: (query: InterviewerExportQuery): ExportedList<Interviewer> => ({
    name: 'interviewers',
    title: 'Interviewers',
    entityType: ENTITY,
    asked: query,
    columns: COLUMNS,
    rows: interviewersRepository(db).whole(query),
  }),

  find: async (id: string) => found(await interviewersRepository(db).find(id), ENTITY),

  create: (actor: Actor, body: NewInterviewer): Promise<Interviewer> =>
    idempotency.once(actor, async tx => {
      const draft = drafted(body)
      const { id } = draft
      const interviewers = interviewersRepository(tx)
      await write(interviewers.insert(draft), body)
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
      await write(interviewers.update(changed(before, changes)), changes)
      const after = found(await interviewers.find(id), ENTITY)
      await audit.record(tx, actor, { action: 'update', entityType: ENTITY, entityId: id, before, after })
      const warnings = await warningsOf(tx, before, after)
      return warnings.length > 0 ? { ...after, warnings } : after
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

/** Says which rule of the table a statement has met. */
export function write(statement: Promise<unknown>, { email, userId }: InterviewerChanges): Promise<unknown> {
  return statement
    .catch(onUnique(() => new EmailTaken(email ?? ''), 'interviewers_email'))
    .catch(onUnique(() => new UserTaken(), 'interviewers_user_id'))
    .catch(onForeignKey(() => new ValidationError('/userId', userId, 'there is no such user')))
}

type Warnings = NonNullable<ChangedInterviewer['warnings']>

/** The interviews that remain to somebody who becomes inactive. */
export async function warningsOf(sql: Queryable, before: Interviewer, after: Interviewer): Promise<Warnings> {
  if (after.status !== 'inactive' || before.status === 'inactive') return []
  const events = await interviewersRepository(sql).futureEvents(after.id, new Date().toISOString())
  return events.map(event => ({
    code: 'FUTURE_EVENT',
    message: `${after.name} still sits in "${event.title}"`,
    ...event,
  }))
}

function hasEvents({ name }: Interviewer, events: number): Error {
  return detailed(new HasEvents(`${name} sits in ${events === 1 ? 'one interview' : `${events} interviews`}`), [
    { events },
  ])
}
