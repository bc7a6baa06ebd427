import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Queryable, Transaction } from '../../db/database.ts'
import type { Actor } from '../../plugins/actor.ts'
import { changesBetween, type AuditLogger } from '../../plugins/audit-logger.ts'
import { detailed } from '../../plugins/errors.ts'
import { bodyCheck } from '../../plugins/validation.ts'
import { addressKey } from '../../plugins/validation/addresses.ts'
import { changed, drafted } from './drafts.ts'
import type { ImportedRow, ImportQuery, ImportReport } from './import-schemas.ts'
import { interviewersRepository } from './repository.ts'
import { NewInterviewer, type Interviewer } from './schemas.ts'
import { ENTITY, warningsOf, write } from './service.ts'
import type { SheetRow } from './sheet.ts'

const ImportRefused = createError<[string]>(
  'IMPORT_REFUSED',
  'Nothing was imported: %s. Correct them, or import the others with mode=valid',
  400,
)

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency'>

/** Takes interviewers from a file: a row whose address is known changes that interviewer, any other adds one. */
export const importService = ({ db, audit, idempotency }: Parts) => {
  const check = bodyCheck<NewInterviewer>(NewInterviewer)

  return {
    importFile: async (actor: Actor, text: string, { dryRun, mode }: ImportQuery): Promise<ImportReport> => {
      const { rowsOf } = await import('./sheet.ts') // with the reader of CSV, which most servers never need
      const rows = checked(await rowsOf(text), check)
      if (dryRun) return { dryRun, mode, applied: false, ...reportOf(await planned(db, rows)) }
      const failed = rows.flatMap(row => ('errors' in row ? [row] : []))
      if (mode === 'all' && failed.length > 0) throw refusal(failed)
      return idempotency.once(actor, async tx => {
        const plan = await planned(tx, rows)
        for (const one of plan) await carryOut(tx, audit, actor, one)
        return { dryRun, mode, applied: true, ...reportOf(plan) }
      })
    },
  }
}

interface ValidRow {
  readonly row: number
  readonly body: NewInterviewer
}
type FailedRow = Pick<ImportedRow, 'row' | 'errors'>

/** Checks every row by the rules for a new interviewer, whether or not its address is known. */
function checked(
  rows: readonly SheetRow[],
  check: ReturnType<typeof bodyCheck<NewInterviewer>>,
): (ValidRow | FailedRow)[] {
  const firsts = new Map<unknown, number>()
  return rows.map(({ row, body, overlong }) => {
    const found = check(body)
    const errors = 'problems' in found ? found.problems.map(({ field, message }) => ({ column: field, message })) : []
    if (overlong) errors.push({ column: '', message: 'it has more cells than the heading' })
    const email = typeof body['email'] === 'string' ? addressKey(body['email']) : ''
    const first = firsts.get(email)
    if (first === undefined) firsts.set(email, row)
    else if (email !== '') errors.push({ column: 'email', message: `row ${first} has the same address` })
    return 'body' in found && errors.length === 0 ? { row, body: found.body } : { row, errors }
  })
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
