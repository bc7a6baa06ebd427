import type { Params, Queryable, SqlValue } from '../../db/database.ts'
import { ValidationError } from '../../plugins/errors.ts'
import { wordsOf } from './words.ts'

/** How lists are read: filtered, searched, in order, and by keyset. */

/** A condition of a list's WHERE, with the parameters it names. */
export interface Filter {
  readonly sql: string
  readonly params: Params
  /** Its values are those of the moment, and may differ on the next page of the same list. */
  readonly passing?: true
}

/** How a table is listed. `sorts` are SQL expressions that are never null; the id breaks ties. */
export interface Listing {
  readonly columns: string
  readonly from: string
  readonly id: string
  /** What ids are, and with them the sort that is by id alone. */
  readonly idType?: 'string' | 'number'
  readonly sorts: Readonly<Record<string, string>>
  readonly defaultSort: string
  /** SQL of the kept count, `AS total`, for the list without filters. */
  readonly total: string
}

/** Where a page begins: after this row, which so many are before. */
export interface Start {
  readonly after: readonly [SqlValue, SqlValue]
  readonly offset: number
}

/** What somebody asks of a list beside its filters. */
export interface Wanted {
  readonly sort?: string
  /** What is searched for, where `from` is a table with an index of its words. */
  readonly q?: string
}

/** A row with what the next page begins after. */
export type Keyed<Row> = Row & { readonly pageKey: string | number; readonly pageId: string | number }

/** The condition for a filter that was given; none for one that was not. */
export function when(value: SqlValue | undefined, sql: string, name: string): Filter[] {
  return value === undefined ? [] : [{ sql, params: { [name]: value } }]
}

export interface Order {
  readonly expression: string
  readonly direction: 'ASC' | 'DESC'
  readonly beyond: '>' | '<'
  /** Its keys change as other rows come and go, so that a page begins after a count of rows and not after a key. */
  readonly counted?: true
}

const BEST_FIRST: Order = { expression: 'matches.distance', direction: 'ASC', beyond: '>', counted: true }

/** What is listed, and how: with words to search for, the rows that have them. */
export function searched(sql: Queryable, listing: Listing, { q, sort }: Wanted, filters: readonly Filter[]) {
  const words = wordsOf(q)
  if (!words) return { listing, filters, order: orderOf(listing, sort ?? listing.defaultSort) }
  return {
    listing: { ...listing, from: sql.dialect.matches(listing.from, 'words') },
    filters: [...filters, { sql: 'TRUE', params: { words: JSON.stringify(words) } }], // what FROM names, bound as they are
    order: sort === undefined ? BEST_FIRST : orderOf(listing, sort),
  }
}

function orderOf(listing: Listing, sort: string): Order {
  const descending = sort.startsWith('-')
  const expression = listing.sorts[descending ? sort.slice(1) : sort]
  if (expression === undefined) throw new ValidationError('/sort', sort, 'this list is not sorted by that')
  return { expression, direction: descending ? 'DESC' : 'ASC', beyond: descending ? '<' : '>' }
}

interface Query {
  readonly listing: Listing
  readonly request: { readonly limit: number; readonly offset?: number }
  readonly filters: readonly Filter[]
  readonly order: Order
  readonly start: Start | undefined
}

/** One row more than asked for tells whether there is a next page. */
export async function readRows<Row>(
  sql: Queryable,
  { listing, request, filters, order, start }: Query,
): Promise<Keyed<Row>[]> {
  const { expression, direction, beyond } = order
  const skip = start ? (order.counted ? start.offset : 0) : (request.offset ?? 0)
  const keyset: Filter[] =
    start && !order.counted
      ? [
          {
            // The first half says nothing new, but it alone makes every database seek in an index over an expression.
            sql: `${expression} ${beyond}= :afterKey AND (${expression}, ${listing.id}) ${beyond} (:afterKey, :afterId)`,
            params: { afterKey: start.after[0], afterId: start.after[1] },
          },
        ]
      : []
  const conditions = [...filters, ...keyset]
  return sql.many<Keyed<Row>>(
    `SELECT ${listing.columns}, ${expression} AS "pageKey", ${listing.id} AS "pageId" FROM ${listing.from}
     ${whereOf(conditions)} ORDER BY ${expression} ${direction}, ${listing.id} ${direction} LIMIT :rows OFFSET :skip`,
    { ...paramsOf(conditions), rows: request.limit + 1, skip },
  )
}

export async function countRows(sql: Queryable, listing: Listing, filters: readonly Filter[]): Promise<number> {
  const text =
    filters.length === 0 ? listing.total : `SELECT count(*) AS total FROM ${listing.from} ${whereOf(filters)}`
  const row = await sql.one<{ total: number }>(text, paramsOf(filters))
  return row?.total ?? 0
}

function whereOf(filters: readonly Filter[]): string {
  return filters.length === 0 ? '' : `WHERE ${filters.map(({ sql }) => `(${sql})`).join(' AND ')}`
}

function paramsOf(filters: readonly Filter[]): Params {
  return Object.fromEntries(filters.flatMap(({ params }) => Object.entries(params)))
}

/** All of a list, for a file: how many rows there are now, and the rows in pages that are read one after another. */
export interface WholeList<Item> {
  count(): Promise<number>
  pages(): AsyncIterable<readonly Item[]>
}

/** Few enough that no page holds up other requests for longer than a few milliseconds. */
const ROWS_OF_WHOLE_LIST = 200

/**
 * All of a list, by keyset as well: a page is read when it is asked for, and no statement stays open in between. What
 * is inserted or deleted meanwhile neither repeats a row nor skips one.
 */
export function wholeList<Row, Item>(
  sql: Queryable,
  listed: Listing,
  { filters: given, ...wanted }: Wanted & { readonly filters: readonly Filter[] },
  itemsOf: (rows: readonly Row[]) => readonly Item[] | Promise<readonly Item[]>,
): WholeList<Item> {
  const { listing, filters, order } = searched(sql, listed, { sort: listed.defaultSort, ...wanted }, given)
  const request = { limit: ROWS_OF_WHOLE_LIST }
  return {
    count: () => countRows(sql, listing, filters),
    async *pages() {
      let start: Start | undefined
      do {
        const rows: Keyed<Row>[] = await readRows<Row>(sql, { listing, request, filters, order, start })
        const shown = rows.slice(0, request.limit)
        const last = rows.length > shown.length ? shown.at(-1) : undefined
        start = last && { after: [last.pageKey, last.pageId], offset: 0 }
        yield await itemsOf(shown)
      } while (start)
    },
  }
}
