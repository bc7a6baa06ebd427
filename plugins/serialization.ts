import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>
type SerializerFactory = NonNullable<NonNullable<SchemaController['compilersFactory']>['buildSerializer']>

const FIRST_REFUSAL = 400

/**
 * Makes the compiler for what goes out. Answers get a serializer of their own, made of their schema; refusals, which
 * every route can give a dozen of and which have one shape, do not: compiling those took most of the start.
 */
export function serializerFactory(): SerializerFactory {
  const factory = SerializerSelector()
  return (schemas, options) => {
    const compile = factory(schemas, options)
    return route => (Number(route.httpStatus) >= FIRST_REFUSAL ? JSON.stringify : compile(route))
  }
}
