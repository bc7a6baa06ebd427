import { DatabaseError, TransactionMisuse, type Params, type Transaction } from '../database.ts'
import { sqliteDialect } from '../dialect.ts'
import type { Connection } from './connection.ts'
import { isFatal } from './errors.ts'

/** The handle one unit of work is given, and what the group commit must know about it afterwards. */
export class OpenTransaction {
  readonly tx: Transaction
  readonly #connection: Connection
  #over = false
  #refusal: { readonly cause: unknown } | undefined
  #broken: DatabaseError | undefined

  constructor(connection: Connection) {
    this.#connection = connection
    this.tx = {
      inTransaction: true,
      dialect: sqliteDialect,
      one: <Row>(sql: string, params?: Params) => this.#on(its => its.one<Row>(sql, params)),
      many: <Row>(sql: string, params?: Params) => this.#on(its => its.many<Row>(sql, params)),
      run: (sql: string, params?: Params) => this.#on(its => its.run(sql, params)),
      script: (sql: string) => this.#on(its => its.script(sql)),
    }
  }

  get isOver(): boolean {
    return this.#over
  }

  /** What refused the first statement that was: work that caught it and went on is undone all the same. */
  get refusal(): { readonly cause: unknown } | undefined {
    return this.#refusal
  }

  /** The error after which there is nothing left to commit, even when the work caught it and went on. */
  get broken(): DatabaseError | undefined {
    return this.#broken
  }

  end(): void {
    this.#over = true
  }

  /** Async so that what it throws is a rejection; the statement itself is done when the call returns. */
  async #on<Result>(statement: (connection: Connection) => Result): Promise<Result> {
    if (this.#over) throw new TransactionMisuse('this transaction is over; its tx was kept and used afterwards')
    if (this.#broken) throw this.#broken
    if (this.#refusal) throw this.#refusal.cause
    try {
      const result = statement(this.#connection)
      if (!this.#connection.inTransaction) throw new TransactionMisuse('SQL ended the transaction; only its work may')
      return result
    } catch (error) {
      this.#refusal ??= { cause: error }
      // Without its transaction the next statement would commit by itself.
      if (isFatal(error) || !this.#connection.inTransaction) {
        this.#broken = error instanceof DatabaseError ? error : new DatabaseError('write', error, true)
      }
      throw error
    }
  }
}
