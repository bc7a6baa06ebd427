import { ConstraintError, type ConstraintKind } from '../db/database.ts'

/** An address as `lower(email)` of either database makes it. */
export { addressKey } from '../plugins/validation/addresses.ts'

type Refuse = (refusal: () => Error, constraint?: string) => (error: unknown) => never

/**
 * For the `.catch` of one statement: turns the constraint it can break into the feature's own error, and lets every
 * other error through. `.catch(onUnique(() => new EmailTaken(email), 'users_email'))`
 */
const on =
  (kind: ConstraintKind): Refuse =>
  (refusal, constraint) =>
  error => {
    const expected = error instanceof ConstraintError && error.kind === kind
    throw expected && (constraint === undefined || error.constraint === constraint) ? refusal() : error
  }

export const onUnique = on('unique')
export const onForeignKey = on('foreign-key')
export const onRule = on('rule')

/** What a column of JSON text holds. The text was written from such a value, or passed the column's own CHECK. */
export function fromJson<Value>(text: string): Value {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- a column has the type its writer gave it
  return JSON.parse(text)
}
