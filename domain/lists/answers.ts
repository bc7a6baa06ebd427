import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { refusals } from '../../plugins/openapi.ts'

/** A shared schema as an answer: `200: answer(Room, 'The room')`. */
export function answer<Shape extends TSchema>(shape: Shape, description: string) {
  if (shape.$id === undefined) throw new Error('an answer is a schema with an $id')
  return Type.Unsafe<Static<Shape>>({ $ref: `${shape.$id}#`, description })
}

/** 204. */
export const gone = (description: string) => Type.Null({ description })

/** Error answers by status: `...refused(403, 404)`. Those that every such route can give are added by themselves. */
export const refused = (...statuses: number[]) => refusals(statuses)
