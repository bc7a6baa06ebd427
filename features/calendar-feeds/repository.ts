import type { Queryable } from '../../db/database.ts'
import type { Feed } from './schemas.ts'

const COLUMNS = `id, interviewer_id AS "interviewerId", version, created_at AS "createdAt", updated_at AS "updatedAt"`
const LIST = `SELECT ${COLUMNS} FROM feeds WHERE interviewer_id = :interviewerId ORDER BY id LIMIT 100`
const FIND = `SELECT ${COLUMNS} FROM feeds WHERE id = :id AND interviewer_id = :interviewerId`
const INSERT = 'INSERT INTO feeds (id, interviewer_id, hash) VALUES (:id, :interviewerId, :hash)'
const SET_HASH = 'UPDATE feeds SET hash = :hash WHERE id = :id'
const DELETE = 'DELETE FROM feeds WHERE id = :id'
const OF_SECRET = 'SELECT interviewer_id AS "interviewerId" FROM feeds WHERE hash = :hash'

export const feedsRepository = (sql: Queryable) => ({
  list: (interviewerId: string) => sql.many<Feed>(LIST, { interviewerId }),
  find: (id: string, interviewerId: string) => sql.one<Feed>(FIND, { id, interviewerId }),
  insert: (feed: { id: string; interviewerId: string; hash: string }) => sql.run(INSERT, feed),
  setHash: (id: string, hash: string) => sql.run(SET_HASH, { id, hash }),
  delete: (id: string) => sql.run(DELETE, { id }),
  /** Whose feed has the secret with this hash. */
  ownerOf: async (hash: string) => (await sql.one<Pick<Feed, 'interviewerId'>>(OF_SECRET, { hash }))?.interviewerId,
})
