import { ValidationError } from '../../plugins/errors.ts'
import { bodyCheck } from '../../plugins/validation.ts'
import { addressKey } from '../../plugins/validation/addresses.ts'
import { TooManyRows } from './import-refusals.ts'
import type { ImportedRow } from './import-schemas.ts'
import { NewInterviewer } from './schemas.ts'
import { rowsOf, type SheetRow } from './sheet.ts'

/** Each word of a cell may be wrong: nobody reads more, and the answer stays small. */
const MOST_ERRORS_OF_A_ROW = 20

export interface ValidRow {
  readonly row: number
  readonly body: NewInterviewer
}
export type FailedRow = Pick<ImportedRow, 'row' | 'errors'>

/** The rows of a file, or why it is refused as a whole. */
export type Sheet =
  | { readonly rows: readonly (ValidRow | FailedRow)[] }
  | { readonly problem: Pick<ValidationError, 'field' | 'message'> }
  | { readonly tooManyRows: true }

const check = bodyCheck<NewInterviewer>(NewInterviewer)

/** Reads and checks a file of comma-separated values: a task for a thread. */
export async function run(text: string): Promise<Sheet> {
  try {
    return { rows: checked(await rowsOf(text)) }
  } catch (error) {
    if (error instanceof TooManyRows) return { tooManyRows: true }
    if (error instanceof ValidationError) return { problem: { field: error.field, message: error.message } }
    throw error
  }
}

/** Checks every row by the rules for a new interviewer, whether or not its address is known. */
function checked(rows: readonly SheetRow[]): (ValidRow | FailedRow)[] {
  const firsts = new Map<unknown, number>()
  return rows.map(({ row, body, overlong }) => {
    const found = check(body)
    const errors = 'problems' in found ? found.problems.map(({ field, message }) => ({ column: field, message })) : []
    if (overlong) errors.push({ column: '', message: 'it has more cells than the heading' })
    const email = typeof body['email'] === 'string' ? addressKey(body['email']) : ''
    const first = firsts.get(email)
    if (first === undefined) firsts.set(email, row)
    else if (email !== '') errors.push({ column: 'email', message: `row ${first} has the same address` })
    return 'body' in found && errors.length === 0
      ? { row, body: found.body }
      : { row, errors: errors.slice(0, MOST_ERRORS_OF_A_ROW) }
  })
}
