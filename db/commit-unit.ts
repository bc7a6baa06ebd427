import { AsyncResource } from 'node:async_hooks'
import { DatabaseError, TransactionMisuse, type Transaction } from './database.ts'

/** More work than this is not taken on. */
const MAX_WAITING = 10_000

/** What a queue of writes must know of a transaction it has given to work. */
export interface Opened {
  readonly tx: Transaction
  readonly isOver: boolean
  /** What refused the first statement that was. */
  readonly refusal: { readonly cause: unknown } | undefined
}

/** One call of `transaction()`: work that commits together with others, or is undone alone. */
export interface Unit<Open extends Opened> {
  readonly run: (transaction: Open) => Promise<void>
  /** Resolves the call with the result, or rejects it with a refusal. */
  readonly settle: (refusal?: unknown) => void
}

/** A unit that has run, with what it threw, if it did. Nobody hears of it before its batch is durable. */
export interface Outcome<Open extends Opened> {
  readonly unit: Unit<Open>
  readonly refusal?: unknown
}

/** Gives the work of a call to a queue as a unit; `enter` runs it as work of the transaction it gets. */
export function submit<Result, Open extends Opened>(
  work: (tx: Transaction) => Promise<Result>,
  enter: (transaction: Open, work: () => Promise<Result>) => Promise<Result>,
  take: (unit: Unit<Open>) => void,
): Promise<Result> {
  // The batch runs in the context of whoever woke it, the work in that of its caller.
  const caller = new AsyncResource('transaction', { requireManualDestroy: true })
  return new Promise<Result>((resolve, reject) => {
    let result: Result
    take({
      run: async transaction => {
        result = await caller.runInAsyncScope(() => enter(transaction, () => work(transaction.tx)))
      },
      settle: refusal => {
        if (refusal === undefined) resolve(result)
        else reject(refusal instanceof Error ? refusal : new Error('a transaction failed', { cause: refusal }))
      },
    })
  })
}

/** What becomes of a unit that is running. Never rejects. */
export function outcomeOf<Open extends Opened>(
  unit: Unit<Open>,
  transaction: Open,
  running: Promise<void>,
): Promise<Outcome<Open>> {
  return running.then(
    () => (transaction.refusal ? { unit, refusal: transaction.refusal.cause } : { unit }),
    (refusal: unknown) => ({ unit, refusal: refusal ?? new Error('a transaction threw nothing') }),
  )
}

/** Throws when the caller stands inside a transaction: it would not see its own writes, or wait for itself. */
export function assertOutside(transaction: Opened | undefined): void {
  if (transaction?.isOver === false) {
    throw new TransactionMisuse('inside a transaction use the tx it was given, not the database it came from')
  }
}

/** Throws when a queue that is closed, or as long as it may be, would get another unit. */
export function assertRoom(closed: boolean, waiting: number): void {
  if (closed) throw new DatabaseError('write after it was closed', undefined, true)
  if (waiting >= MAX_WAITING) throw new DatabaseError('take on more work', undefined, true)
}
