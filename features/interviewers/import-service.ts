import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Queryable, Transaction } from '../../db/database.ts'
import type { Actor } from '../../plugins/actor.ts'
import { aside, onTooMuchWork } from '../../plugins/aside.ts'
import { changesBetween, type AuditLogger } from '../../plugins/audit-logger.ts'
import type { Turn } from '../../plugins/concurrency-limit.ts'
import { detailed, ValidationError } from '../../plugins/errors.ts'
import { addressKey } from '../../plugins/validation/addresses.ts'
import { changed, drafted } from './drafts.ts'
import type { ImportedRow, ImportQuery, ImportReport } from './import-schemas.ts'
import { TooManyRows } from './import-refusals.ts'
import type { FailedRow, Sheet, ValidRow } from './import-task.ts'
import { interviewersRepository } from './repository.ts'
import type { Interviewer } from './schemas.ts'
import { ENTITY, warningsOf, write } from './service.ts'

const readAside = aside<string, Sheet>(import.meta.url, './import-task')

const ImportRefused = createError<[string]>(
  'IMPORT_REFUSED',
  'Nothing was imported: %s. Correct them, or import the others with mode=valid',
  400,
)

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency'>

/** Takes interviewers from a file: a row whose address is known changes that interviewer, any other adds one. */
export const importService = ({ db, audit, idempotency }: Parts) => ({
  importFile: async (
    actor: Actor,
    text: string,
    { dryRun, mode }: ImportQuery,
    signal: AbortSignal,
  ): Promise<ImportReport> => {
    const rows = await rowsIn(text, { key: actor.id ?? undefined, signal })
    if (dryRun) return { dryRun, mode, applied: false, ...reportOf(await planned(db, rows)) }
    const failed = rows.flatMap(row => ('errors' in row ? [row] : []))
    if (mode === 'all' && failed.length > 0) throw refusal(failed)
    return idempotency.once(actor, async tx => {
      const plan = await planned(tx, rows)
      for (const one of plan) await carryOut(tx, audit, actor, one)
      return { dryRun, mode, applied: true, ...reportOf(plan) }
    })
  },
})

async function rowsIn(text: string, turn: Turn): Promise<readonly (ValidRow | FailedRow)[]> {
  const tooMuch = onTooMuchWork((why): Sheet => ({ problem: { field: '', message: `the file ${why}` } }))
  const sheet = await readAside(text, turn).catch(tooMuch)
  if ('tooManyRows' in sheet) throw new TooManyRows()
  if ('problem' in sheet) throw new ValidationError(sheet.problem.field, undefined, sheet.problem.message)
  return sheet.rows
}

/** What is to be done about a row. Without `after` it is nothing. */
interface Plan {
  readonly result: ImportedRow
  readonly before?: Interviewer
  readonly after?: Interviewer
}

async function planned(sql: Queryable, rows: readonly (ValidRow | FailedRow)[]): Promise<Plan[]> {
  const emails = rows.flatMap(row => ('body' in row ? [addressKey(row.body.email)] : []))
  const known = await interviewersRepository(sql).findByEmails(emails)
  const byEmail = new Map(known.map(interviewer => [addressKey(interviewer.email), interviewer]))
  const plan: Plan[] = []
  for (const row of rows) {
    if ('errors' in row) plan.push({ result: { ...row, status: 'failed' } })
    else plan.push(await planOf(sql, row, byEmail.get(addressKey(row.body.email))))
  }
  return plan
}

/** An address says who it is, and stays as it was written first. */
async function planOf(sql: Queryable, { row, body }: ValidRow, before: Interviewer | undefined): Promise<Plan> {
  if (!before) return { result: { row, status: 'created', errors: [] }, after: drafted(body) }
  const { id, email } = before
  const after = changed(before, { ...body, email })
  if (Object.keys(changesBetween(before, after)).length === 0)
    return { result: { row, status: 'unchanged', id, errors: [] } }
  const warnings = await warningsOf(sql, before, after)
  return { result: { row, status: 'updated', id, errors: [], ...(warnings.length > 0 && { warnings }) }, before, after }
}

async function carryOut(tx: Transaction, audit: AuditLogger, actor: Actor, plan: Plan): Promise<void> {
  const { result, before, after } = plan
  if (!after) return
  const interviewers = interviewersRepository(tx)
  await write(before ? interviewers.update(after) : interviewers.insert(after), after)
  const entry = { action: before ? 'update' : 'create', entityType: ENTITY, entityId: after.id, after }
  await audit.record(tx, actor, before ? { ...entry, before } : entry)
  result.id = after.id
}

function reportOf(plan: readonly Plan[]): Omit<ImportReport, 'dryRun' | 'mode' | 'applied'> {
  const rows = plan.map(({ result }) => result)
  const count = (status: ImportedRow['status']) => rows.filter(row => row.status === status).length
  return {
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    failed: count('failed'),
    rows,
  }
}

function refusal(failed: readonly FailedRow[]): Error {
  const rows = failed.length === 1 ? 'one row is wrong' : `${failed.length.toLocaleString('en')} rows are wrong`
  return detailed(new ImportRefused(rows), failed)
}
