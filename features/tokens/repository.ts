import type { Queryable } from '../../db/database.ts'
import { fromJson } from '../../domain/sql.ts'
import type { Listing } from '../../domain/lists/keyset.ts'
import { page, type Page, type PageRequest } from '../../domain/lists/page.ts'
import type { ApiToken } from './schemas.ts'

const COLUMNS = `id, name, scopes, expires_at AS "expiresAt", last_used_at AS "lastUsedAt", created_at AS "createdAt"`
const FIND = `SELECT ${COLUMNS} FROM api_tokens WHERE id = :id AND user_id = :userId`
const COUNT = 'SELECT count(*) AS tokens FROM api_tokens WHERE user_id = :userId'
const INSERT = `INSERT INTO api_tokens (id, user_id, name, hash, scopes, expires_at)
  VALUES (:id, :userId, :name, :hash, :scopes, :expiresAt)`
const SET_HASH = 'UPDATE api_tokens SET hash = :hash WHERE id = :id'
const DELETE = 'DELETE FROM api_tokens WHERE id = :id'

const LISTING: Listing = {
  columns: COLUMNS,
  from: 'api_tokens',
  id: 'id',
  sorts: { createdAt: 'created_at' },
  defaultSort: '-createdAt',
  total: 'SELECT count(*) AS total FROM api_tokens',
}

type Row = Omit<ApiToken, 'scopes'> & { readonly scopes: string }

export interface NewRow extends Pick<ApiToken, 'id' | 'name' | 'scopes' | 'expiresAt'> {
  readonly userId: string
  /** SHA-256 of the secret. */
  readonly hash: string
}

export const tokensRepository = (sql: Queryable) => ({
  find: async (id: string, userId: string): Promise<ApiToken | undefined> => {
    const row = await sql.one<Row>(FIND, { id, userId })
    return row && fromRow(row)
  },
  count: async (userId: string) => (await sql.one<{ tokens: number }>(COUNT, { userId }))?.tokens ?? 0,
  insert: (token: NewRow) => sql.run(INSERT, { ...token, scopes: JSON.stringify(token.scopes) }),
  setHash: (id: string, hash: string) => sql.run(SET_HASH, { id, hash }),
  delete: (id: string) => sql.run(DELETE, { id }),
  list: async (request: PageRequest, userId: string): Promise<Page<ApiToken>> => {
    const own = { sql: 'user_id = :userId', params: { userId } }
    const { data, pagination } = await page<Row>(sql, LISTING, request, [own])
    return { data: data.map(row => fromRow(row)), pagination }
  },
})

function fromRow(row: Row): ApiToken {
  return { ...row, scopes: fromJson(row.scopes) }
}
