import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, refused } from '../../../../domain/lists/answers.ts'
import { NewRoom, Room, RoomList } from './schemas.ts'
import { roomsService } from './service.ts'

const tags = ['rooms']

export const roomsRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [Room, RoomList]) app.addSchema(schema)
  const rooms = roomsService(app)

  app.get('/', { config: { cache: { tables: ['rooms'] } }, schema: LIST }, () => rooms.list())

  app.post('/', { onRequest: [app.authorize(['admin'])], schema: CREATE }, async (request, reply) => {
    const room = await rooms.create(request.principal, request.body)
    reply.code(201).header('location', `/api/rooms/${room.id}`)
    return reply.versioned(room)
  })
}

const LIST = {
  tags,
  operationId: 'listRooms',
  summary: 'List the rooms',
  description: 'For anyone signed in.',
  response: { 200: answer(RoomList, 'Every room') },
}

const CREATE = {
  tags,
  operationId: 'createRoom',
  summary: 'Add a room',
  description: 'For admin.',
  body: NewRoom,
  response: { 201: answer(Room, 'The room'), ...refused(403, 409) },
}
