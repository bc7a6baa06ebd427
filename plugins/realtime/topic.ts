import type { Queryable } from '../../db/database.ts'
import type { Identity } from '../auth/identity.ts'

/** A thing as clients get it from its route; `{}` knows nothing of its fields. */
export type Thing = Readonly<Record<string, unknown>>

/** What a feature lets be subscribed to: its things, and who sees which. */
export interface Topic {
  /** As in SUBSCRIBE_TASKS. */
  readonly name: string
  /** As the journal has it; in capitals it begins the type of every message. */
  readonly entityType: string
  /** Whose scope to read an API token needs. */
  readonly scope: string
  /** The tables that change with these things. */
  readonly tables: readonly string[]
  /** Whether somebody sees all of them. */
  seesAll(viewer: Identity): boolean
  /** Those of these ids that there are, by id, as their route answers them. */
  find(sql: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, object>>
  /** The users who see each of them, besides those who see all. They may be of the past, out of the journal. */
  audiences(sql: Queryable, things: readonly Thing[]): Promise<readonly ReadonlySet<string>[]>
}
