import { createHash } from 'node:crypto'
import createError from '@fastify/error'
import { Type, type TProperties, type TSchema } from '@sinclair/typebox'
import type { Params, Queryable, SqlValue } from '../db/database.ts'
import { ValidationError } from '../plugins/errors.ts'
import { isList, Nullable, OneOf, part } from './fields.ts'
import { wordsOf } from './search.ts'

const DEFAULT_LIMIT = 50
const InvalidCursor = createError(
  'INVALID_CURSOR',
  'This cursor is not of this list: take the one its last page gave',
  400,
)

const PAGINATION_EXAMPLE = { total: 1, limit: DEFAULT_LIMIT, offset: 0, hasMore: false, nextCursor: null }

/** The query of a list: limit, offset or cursor, one of its sorts, and its own filters. */
export function PageQuery<const Sorts extends string[], Filters extends TProperties>(sorts: Sorts, filters: Filters) {
  const directions = sorts.flatMap(sort => [sort, `-${sort}`])
  const query = Type.Object(
    {
      limit: Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_LIMIT }),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
      cursor: Type.Optional(
        Type.String({ minLength: 1, maxLength: 1000, description: 'nextCursor of the page before; not with offset' }),
      ),
      sort: Type.Optional(OneOf(directions, 'A leading - turns the order round')),
      ...filters,
    },
    { additionalProperties: false },
  )
  return { ...query, required: [] } // a limit is always there, as it has a default: nobody needs to send one
}

/** `{ data: […], pagination: { total, limit, offset, hasMore, nextCursor } }` */
export function PageOf<Item extends TSchema>(item: Item, $id: string) {
  return Type.Object(
    {
      data: Type.Array(part(item)),
      pagination: Type.Object({
        total: Type.Integer({ description: 'Of the whole list, on every page' }),
        limit: Type.Integer(),
        offset: Type.Integer(),
        hasMore: Type.Boolean(),
        nextCursor: Nullable(Type.String()),
      }),
    },
    { $id, examples: [{ data: itemExamples(item), pagination: PAGINATION_EXAMPLE }] },
  )
}

function itemExamples({ examples }: TSchema): unknown[] {
  return isList(examples) ? examples : []
}

export interface Page<Item> {
  readonly data: Item[]
  readonly pagination: {
    readonly total: number
    readonly limit: number
    readonly offset: number
    readonly hasMore: boolean
    readonly nextCursor: string | null
  }
}

export interface PageRequest {
  readonly limit: number
  readonly offset?: number
  readonly cursor?: string
  readonly sort?: string
  /** What somebody searches for, where `from` is a table with an index of its words. */
  readonly q?: string
}

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

/** What a cursor carries: where the page before ended, and which list it is of. */
interface Cursor {
  readonly after: readonly [SqlValue, SqlValue]
  readonly offset: number
  readonly list: string
}

type Keyed<Row> = Row & { readonly pageKey: string | number; readonly pageId: string | number }

/**
 * One page by keyset, so that page 10,000 costs what page 1 costs and rows inserted meanwhile shift nothing; of a
 * search without a sort, the best matches first, by counting. The total is the kept count without filters, and counted
 * with them. Throws 400 INVALID_CURSOR for a foreign cursor.
 */
export async function page<Row>(
  sql: Queryable,
  listed: Listing,
  request: PageRequest,
  given: readonly Filter[],
): Promise<Page<Row>> {
  if (request.cursor !== undefined && request.offset !== undefined) {
    throw new ValidationError('/cursor', request.cursor, 'cursor and offset exclude each other')
  }
  const { listing, filters, order } = searched(sql, listed, request, given)
  const list = nameOf(order, filters)
  const start = request.cursor === undefined ? undefined : readCursor(request.cursor, list, listing.idType)
  const offset = start?.offset ?? request.offset ?? 0
  const rows = await readRows<Row>(sql, { listing, request, filters, order, start })
  const hasMore = rows.length > request.limit
  const data = hasMore ? rows.slice(0, request.limit) : rows
  const last = data.at(-1)
  const nextCursor =
    hasMore && last ? writeCursor({ after: placeOf(last, order), offset: offset + data.length, list }) : null
  const total = await countRows(sql, listing, filters)
  return { data, pagination: { total, limit: request.limit, offset, hasMore, nextCursor } }
}

/** The condition for a filter that was given; none for one that was not. */
export function when(value: SqlValue | undefined, sql: string, name: string): Filter[] {
  return value === undefined ? [] : [{ sql, params: { [name]: value } }]
}

interface Order {
  readonly expression: string
  readonly direction: 'ASC' | 'DESC'
  readonly beyond: '>' | '<'
  /** Its keys change as other rows come and go, so that a page begins after a count of rows and not after a key. */
  readonly counted?: true
}

const BEST_FIRST: Order = { expression: 'matches.distance', direction: 'ASC', beyond: '>', counted: true }

/** What is listed, and how: with words to search for, the rows that have them. */
function searched(sql: Queryable, listing: Listing, { q, sort }: PageRequest, filters: readonly Filter[]) {
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
  readonly request: PageRequest
  readonly filters: readonly Filter[]
  readonly order: Order
  readonly start: Cursor | undefined
}

/** One row more than asked for tells whether there is a next page. */
async function readRows<Row>(
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

async function countRows(sql: Queryable, listing: Listing, filters: readonly Filter[]): Promise<number> {
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

/** A cursor is bound to the order and the filters of its list, with their values. */
function nameOf(order: Order, filters: readonly Filter[]): string {
  const text = JSON.stringify([order, filters.map(filter => (filter.passing ? filter.sql : filter))])
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}

function placeOf({ pageKey, pageId }: Keyed<unknown>, { counted }: Order): Cursor['after'] {
  return [counted ? '' : pageKey, pageId]
}

function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([...cursor.after, cursor.offset, cursor.list])).toString('base64url')
}

function readCursor(text: string, list: string, idType = 'string'): Cursor {
  const parts = parsedParts(text)
  const [key, id, offset, ofList] = parts
  const known = ofList === list && isKey(key, idType) && isKey(id, idType) && typeof offset === 'number'
  if (!known) throw new InvalidCursor()
  return { after: [key, id], offset, list }
}

function parsedParts(text: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(parts) ? parts : []
  } catch {
    throw new InvalidCursor()
  }
}

/** A value the columns can be compared with: somebody may have made the cursor by hand. */
function isKey(value: unknown, type: string): value is string | number {
  return typeof value === type && (typeof value === 'string' ? !value.includes('\0') : Number.isSafeInteger(value))
}
