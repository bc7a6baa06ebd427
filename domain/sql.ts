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
