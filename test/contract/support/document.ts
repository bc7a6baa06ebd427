// The document as it is served, read the way the tests here need it.
import type { FastifyInstance } from 'fastify'
import { validatorFactory } from '../../../plugins/validation.ts'

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: boolean | Schema
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minProperties?: number
  readonly examples?: readonly unknown[]
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly example?: unknown
  readonly schema: Schema
}

interface Media {
  readonly schema: Schema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

export interface Response {
  readonly description: string
  readonly content?: Readonly<Record<string, Media>>
}

interface Described {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tags: readonly string[]
  readonly security: readonly object[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>
}

export interface Document {
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly responses: Readonly<Record<string, Response>>
  }
}

export interface Operation extends Omit<Described, 'parameters' | 'requestBody' | 'responses'> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With `{id}` for its parameters. */
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: Media | undefined
  /** By status, references resolved. */
  readonly responses: Readonly<Record<string, Response>>
  /** Answers strangers. */
  readonly open: boolean
}

export async function servedDocument(app: FastifyInstance): Promise<Document> {
  return (await app.inject('/docs/json')).json()
}

export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses, ...described }]) => ({
      ...described,
      path,
      method: method.toUpperCase() as Operation['method'],
      parameters,
      body: requestBody?.content['application/json'],
      responses: Object.fromEntries(
        Object.entries(responses).map(([status, response]) => [status, resolved<Response>(document, response)]),
      ),
      open: described.security.length === 0,
    })),
  )
}

/** The thing itself, or what it refers to. Throws when a reference leads nowhere. */
export function resolved<Thing extends object>(document: Document, thing: Thing | { readonly $ref: string }): Thing {
  if (!('$ref' in thing) || typeof thing.$ref !== 'string') return thing as Thing
  let found: unknown = document
  for (const step of thing.$ref.replace(/^#\//, '').split('/')) {
    found = (found as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  if (found === undefined) throw new Error(`${thing.$ref} leads nowhere`)
  return found as Thing
}

/** Everything in the document, with the JSON pointer to it. */
export function* everythingIn(value: unknown, pointer = '#'): Generator<readonly [string, unknown]> {
  yield [pointer, value]
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    yield* everythingIn(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  }
}

export type Check = (value: unknown) => string | undefined

/** Compiles schemas of the document with the program's own validator: what is wrong with a value, or undefined. */
export function checker(document: Document): (schema: Schema) => Check {
  const compile = validatorFactory()({}, {})
  const known = new Map<Schema, Check>()
  return schema => {
    const made = known.get(schema)
    if (made) return made
    const whole = { ...schema, components: document.components }
    const validate = compile({ schema: whole, method: '', url: '', httpPart: 'body' })
    const check: Check = value => {
      if (validate(structuredClone(value)) === true) return undefined
      return JSON.stringify((validate as { errors?: unknown }).errors)
    }
    known.set(schema, check)
    return check
  }
}

/** The document with every object closed that does not say it is open: an answer has what it promises and no more. */
export function closed(document: Document): Document {
  const close = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(close)
    if (typeof value !== 'object' || value === null) return value
    const copy: Record<string, unknown> = Object.fromEntries(Object.entries(value).map(([key, of]) => [key, close(of)]))
    return 'properties' in copy && copy['type'] !== undefined ? { additionalProperties: false, ...copy } : copy
  }
  return close(document) as Document
}

/** A path with its parameters filled in. */
export function addressOf(path: string, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')
}
