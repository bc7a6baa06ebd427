import { ConstraintError, type ConstraintKind } from '../db/database.ts'

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

/**
 * Text as SQL's lower() makes it on both databases, which fold the letters of ASCII alone: what is compared with
 * `lower(column)` is folded here, as a server would fold a parameter by rules of its own locale.
 */
export function folded(text: string): string {
  return text.replaceAll(/[A-Z]+/g, letters => letters.toLowerCase())
}

/** What a column of JSON text holds. The text was written from such a value, or passed the column's own CHECK. */
export function fromJson<Value>(text: string): Value {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- a column has the type its writer gave it
  return JSON.parse(text)
}
