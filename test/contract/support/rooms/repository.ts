import type { Queryable } from '../../../../db/database.ts'
import type { NewRoom, Room } from './schemas.ts'

const COLUMNS = 'id, name, seats, version, created_at AS "createdAt", updated_at AS "updatedAt"'
const FIND = `SELECT ${COLUMNS} FROM rooms WHERE id = :id`
const LIST = `SELECT ${COLUMNS} FROM rooms ORDER BY name LIMIT 100`
const INSERT = 'INSERT INTO rooms (id, name, seats, made_by) VALUES (:id, :name, :seats, :madeBy)'

export const roomsRepository = (sql: Queryable) => ({
  find: (id: string) => sql.one<Room>(FIND, { id }),
  list: () => sql.many<Room>(LIST),
  insert: (room: NewRoom & { id: string; madeBy: string | null }) => sql.run(INSERT, room),
})
