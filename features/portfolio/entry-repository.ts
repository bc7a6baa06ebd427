import type { Params, Queryable, SqlValue } from '../../db/database.ts'
import { fromJson } from '../../domain/sql.ts'
import { when, type Listing } from '../../domain/lists/keyset.ts'
import { page, type Page } from '../../domain/lists/page.ts'
import { MOST_ENTRIES, type Entry, type EntryQuery } from './entry-schemas.ts'
import type { Kind } from './kinds.ts'

/**
 * The order of a portfolio, read backwards: the lowest position first, of one position the newest. Positions end at
 * 1,000,000, so the number always has seven digits and sorts as text. An index of the migrations has these very words.
 */
const PLACE = 'CAST(2000000 - position AS text) || created_at'
/** What a client calls the two directions of it. */
const BY_PLACE: Readonly<Record<string, string>> = { position: '-place', '-position': 'place' }

/** The statements of a kind; camelCase is made here, once. */
function statementsOf({ path, fields }: Kind) {
  const table = `portfolio_${path}`
  const shown = fields.map(field => `${columnOf(field)} AS "${field}"`).join(', ')
  const columns = `id, interviewer_id AS "interviewerId", ${shown}, position, version, created_at AS "createdAt", updated_at AS "updatedAt"`
  const listing: Listing = {
    columns,
    from: table,
    id: 'id',
    sorts: { place: PLACE, createdAt: 'created_at' },
    defaultSort: '-place',
    total: `SELECT total FROM row_counts WHERE table_name = '${table}'`,
  }
  return {
    listing,
    find: `SELECT ${columns} FROM ${table} WHERE id = :id`,
    insert: `INSERT INTO ${table} (id, interviewer_id, ${fields.map(columnOf).join(', ')}, position)
      VALUES (:id, :interviewerId, ${fields.map(field => `:${field}`).join(', ')}, :position)`,
    update: `UPDATE ${table} SET ${fields.map(field => `${columnOf(field)} = :${field}`).join(', ')}, position = :position
      WHERE id = :id AND version = :version`,
    remove: `DELETE FROM ${table} WHERE id = :id`,
    count: `SELECT count(*) AS entries FROM ${table} WHERE interviewer_id = :interviewerId`,
    all: `SELECT ${columns} FROM ${table} WHERE interviewer_id = :interviewerId
      ORDER BY ${PLACE} DESC, id DESC LIMIT ${MOST_ENTRIES}`,
  }
}

/** The entries of one kind: makes its statements once, for whatever connection they run on. */
export function entriesRepository(kind: Kind) {
  const { listing, find, insert, update, remove, count, all } = statementsOf(kind)
  return (sql: Queryable) => ({
    find: async (id: string): Promise<Entry | undefined> => {
      const row = await sql.one<Entry>(find, { id })
      return row && fromRow(kind, row)
    },
    insert: (entry: Entry) => sql.run(insert, toRow(entry)),
    /** Writes over the version it was read with; 0 changes when that is gone. */
    update: (entry: Entry) => sql.run(update, toRow(entry)),
    delete: (id: string) => sql.run(remove, { id }),
    countOf: async (interviewerId: string) =>
      (await sql.one<{ entries: number }>(count, { interviewerId }))?.entries ?? 0,
    /** Everything of one interviewer, in the order of a portfolio. */
    allOf: async (interviewerId: string): Promise<Entry[]> =>
      (await sql.many<Entry>(all, { interviewerId })).map(row => fromRow(kind, row)),
    list: async ({ interviewerId, sort, ...query }: EntryQuery): Promise<Page<Entry>> => {
      const order = sort === undefined ? {} : { sort: BY_PLACE[sort] ?? sort }
      const filters = when(interviewerId, 'interviewer_id = :interviewerId', 'interviewerId')
      const { data, pagination } = await page<Entry>(sql, listing, { ...query, ...order }, filters)
      return { data: data.map(row => fromRow(kind, row)), pagination }
    },
  })
}

/** `startDate` → `start_date` */
function columnOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

function fromRow({ lists }: Kind, row: Entry): Entry {
  const parsed = lists.map((field): [string, string[]] => [field, fromJson(String(row[field]))])
  return { ...row, ...Object.fromEntries(parsed) }
}

function toRow(entry: Entry): Params {
  const kept = Object.entries(entry).map(([field, value]): [string, SqlValue] => [
    field,
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
  ])
  return Object.fromEntries(kept)
}
