import type pg from 'pg'
import { TransactionMisuse, type Params, type Transaction } from '../database.ts'
import { postgresDialect } from '../dialect.ts'
import type { StatementRunner } from './connection.ts'

/** The handle one unit of work is given, and what the write queue must know about it afterwards. */
export class OpenTransaction {
  readonly tx: Transaction
  readonly #client: pg.Client
  readonly #statements: StatementRunner
  #over = false
  #refusal: { readonly cause: unknown } | undefined

  constructor(client: pg.Client, statements: StatementRunner) {
    this.#client = client
    this.#statements = statements
    this.tx = {
      inTransaction: true,
      dialect: postgresDialect,
      one: <Row>(sql: string, params?: Params) => this.#on(its => its.one<Row>(this.#client, sql, params)),
      many: <Row>(sql: string, params?: Params) => this.#on(its => its.many<Row>(this.#client, sql, params)),
      run: (sql: string, params?: Params) => this.#on(its => its.run(this.#client, sql, params)),
      script: (sql: string) => this.#on(its => its.script(this.#client, sql)),
    }
  }

  get isOver(): boolean {
    return this.#over
  }

  /** What refused the first statement that was: after it the server takes no more, and nothing can be committed. */
  get refusal(): { readonly cause: unknown } | undefined {
    return this.#refusal
  }

  end(): void {
    this.#over = true
  }

  async #on<Result>(statement: (statements: StatementRunner) => Promise<Result>): Promise<Result> {
    if (this.#over) throw new TransactionMisuse('this transaction is over; its tx was kept and used afterwards')
    if (this.#refusal) throw this.#refusal.cause
    try {
      const result = await statement(this.#statements)
      if (this.#client.getTransactionStatus() === 'T') return result
      throw new TransactionMisuse('SQL ended the transaction; only its work may')
    } catch (cause) {
      this.#refusal ??= { cause }
      throw cause
    }
  }
}
