import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import { newId } from '../../../../domain/lists/fields.ts'
import { onUnique } from '../../../../domain/sql.ts'
import type { Actor } from '../../../../plugins/actor.ts'
import { found } from '../../../../plugins/errors.ts'
import { roomsRepository } from './repository.ts'
import type { NewRoom, Room } from './schemas.ts'

const NameTaken = createError<[string]>('NAME_TAKEN', 'There is already a room called %s', 409)

type Parts = Pick<FastifyInstance, 'db' | 'audit'>

export const roomsService = ({ db, audit }: Parts) => ({
  list: async () => ({ data: await roomsRepository(db).list() }),

  create: (actor: Actor, body: NewRoom): Promise<Room> =>
    db.transaction(async tx => {
      const rooms = roomsRepository(tx)
      const id = newId()
      await rooms.insert({ ...body, id, madeBy: actor.id }).catch(onUnique(() => new NameTaken(body.name)))
      const after = found(await rooms.find(id), 'room')
      await audit.record(tx, actor, { action: 'create', entityType: 'room', entityId: id, after })
      return after
    }),
})
