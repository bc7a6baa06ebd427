import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>
type SerializerFactory = NonNullable<NonNullable<SchemaController['compilersFactory']>['buildSerializer']>

const FIRST_REFUSAL = 400

/**
 * Makes the compiler for what goes out. Answers get a serializer of their own, made of their schema; refusals, which
 * every route can give a dozen of and which have one shape, do not.
 */
export function serializerFactory(): SerializerFactory {
  const factory = SerializerSelector()
  return (schemas, options) => {
    const compile = factory(schemas, options)
    return route => (Number(route.httpStatus) >= FIRST_REFUSAL ? JSON.stringify : withFirstUse(() => compile(route)))
  }
}

type Serialize = ReturnType<ReturnType<SerializerFactory>>

/** Compiled when its route is first asked: to compile those of all routes would take most of a start. */
function withFirstUse(compile: () => Serialize): Serialize {
  let compiled: Serialize | undefined
  return answer => (compiled ??= compile())(answer)
}
