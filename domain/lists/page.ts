import { createHash } from 'node:crypto'
import createError from '@fastify/error'
import { Type, type TProperties, type TSchema } from '@sinclair/typebox'
import type { Queryable } from '../../db/database.ts'
import { isBroken } from '../../db/texts.ts'
import { ValidationError } from '../../plugins/errors.ts'
import { isList, Nullable, OneOf, part } from './fields.ts'
import {
  countRows,
  readRows,
  searched,
  type Filter,
  type Keyed,
  type Listing,
  type Order,
  type Start,
  type Wanted,
} from './keyset.ts'

const DEFAULT_LIMIT = 50
const FARTHEST_OFFSET = 1_000_000_000
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
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: FARTHEST_OFFSET })),
      cursor: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 1000,
          description: 'The `nextCursor` of the page before; not together with `offset`',
        }),
      ),
      sort: Type.Optional(OneOf(directions, 'A leading - reverses the order')),
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
        total: Type.Integer({ description: 'The rows of the whole list, the same on every page' }),
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

export interface PageRequest extends Wanted {
  readonly limit: number
  readonly offset?: number
  readonly cursor?: string
}

/** What a cursor carries: where the page before ended, and which list it is of. */
interface Cursor extends Start {
  readonly list: string
}

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
  const known = ofList === list && isKey(key, idType) && isKey(id, idType) && isOffset(offset)
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
  return (
    typeof value === type &&
    (typeof value === 'string' ? !value.includes('\0') && !isBroken(value) : Number.isSafeInteger(value))
  )
}

/** How many rows came before, within the bounds of the query's own `offset`. */
function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= FARTHEST_OFFSET
}
