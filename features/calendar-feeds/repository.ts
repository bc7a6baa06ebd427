import type { Queryable } from '../../db/database.ts'
import { IS_SOMEBODY } from '../../domain/accounts/access.ts'
import { STAFF } from '../../domain/accounts/visibility.ts'
import type { Feed } from './schemas.ts'

const COLUMNS = `id, interviewer_id AS "interviewerId", version, created_at AS "createdAt", updated_at AS "updatedAt"`
const LIST = `SELECT ${COLUMNS} FROM feeds WHERE interviewer_id = :interviewerId ORDER BY id LIMIT 100`
const FIND = `SELECT ${COLUMNS} FROM feeds WHERE id = :id AND interviewer_id = :interviewerId`
const INSERT = 'INSERT INTO feeds (id, interviewer_id, hash, user_id) VALUES (:id, :interviewerId, :hash, :userId)'
const SET_HASH = 'UPDATE feeds SET hash = :hash, user_id = :userId WHERE id = :id'
const DELETE = 'DELETE FROM feeds WHERE id = :id'
/** As long as whoever made the address is somebody who may see that interviewer. */
const OF_SECRET = `SELECT interviewers.id AS "interviewerId" FROM feeds
  JOIN users ON users.id = feeds.user_id
  JOIN interviewers ON interviewers.id = feeds.interviewer_id
  WHERE feeds.hash = :hash AND ${IS_SOMEBODY}
    AND (users.role IN (${STAFF.map(role => `'${role}'`).join(', ')}) OR interviewers.user_id = users.id)`

/** A secret address and whoever makes it. */
export interface Made {
  readonly id: string
  readonly hash: string
  readonly userId: string | null
}

export const feedsRepository = (sql: Queryable) => ({
  list: (interviewerId: string) => sql.many<Feed>(LIST, { interviewerId }),
  find: (id: string, interviewerId: string) => sql.one<Feed>(FIND, { id, interviewerId }),
  insert: (feed: Made & { readonly interviewerId: string }) => sql.run(INSERT, { ...feed }),
  setHash: (made: Made) => sql.run(SET_HASH, { ...made }),
  delete: (id: string) => sql.run(DELETE, { id }),
  /** The interviewer whose feed has the secret with this hash; undefined once nobody is behind it. */
  ownerOf: async (hash: string) => (await sql.one<Pick<Feed, 'interviewerId'>>(OF_SECRET, { hash }))?.interviewerId,
})
