import { Type, type Static } from '@sinclair/typebox'
import { Id, Instant, Line, Version } from '../../../../domain/lists/fields.ts'

export const Room = Type.Object(
  {
    id: Id,
    name: Line(80),
    seats: Type.Integer({ minimum: 1, maximum: 100 }),
    version: Version,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Room', description: 'A room in which interviews take place' },
)
export type Room = Static<typeof Room>

export const RoomList = Type.Object({ data: Type.Array(Room) }, { $id: 'RoomList', description: 'Every room' })

export const NewRoom = Type.Pick(Room, ['name', 'seats'], { additionalProperties: false })
export type NewRoom = Static<typeof NewRoom>
