import { STATUS_CODES } from 'node:http'
import createError from '@fastify/error'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import fp from 'fastify-plugin'
import Router from 'find-my-way'
import { DatabaseError } from '../db/database.ts'
import { earlyHeaders } from './http/early-headers.ts'

/** The one shape of every error. */
export const ErrorAnswer = Type.Object(
  {
    statusCode: Type.Integer(),
    error: Type.String(),
    code: Type.String(),
    message: Type.String(),
    requestId: Type.String(),
    details: Type.Optional(Type.Array(Type.Object({}, { additionalProperties: true }))),
  },
  {
    $id: 'Error',
    description: 'Every refusal has this shape; `code` is what a program should look at.',
    examples: [
      {
        statusCode: 400,
        error: 'Bad Request',
        code: 'VALIDATION',
        message: 'body/name must NOT have fewer than 1 characters',
        requestId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
        details: [{ path: '/name', message: 'must NOT have fewer than 1 characters' }],
      },
    ],
  },
)
export type ErrorAnswer = Static<typeof ErrorAnswer>

/** A value that the schema allows but the rules do not. Becomes a 400 that names the field by its JSON pointer. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError'
  readonly field: string
  readonly value: unknown

  constructor(field: string, value: unknown, message: string) {
    super(message)
    this.field = field
    this.value = value
  }
}

/** Gives an error the `details` its answer shall carry: `throw detailed(new EventOverlap(sentence), conflicts)`. */
export function detailed<Refusal extends Error>(error: Refusal, details: readonly object[]): Refusal {
  return Object.assign(error, { details })
}

/** Gives an error the `retry-after` its answer shall carry, in seconds. */
export function retryIn<Refusal extends Error>(error: Refusal, seconds: number): Refusal {
  return Object.assign(error, { retryAfterSeconds: seconds })
}

export const NotFound = createError<[string]>('NOT_FOUND', 'There is no such %s', 404)
export const NowhereError = createError('NOT_FOUND', 'There is nothing at this address', 404)
const MethodNotAllowed = createError<[string]>('METHOD_NOT_ALLOWED', 'This address answers %s', 405)

/** The thing itself, or a 404 that says what is missing. */
export function found<Thing>(thing: Thing | undefined, what: string): Thing {
  if (thing === undefined) throw new NotFound(what)
  return thing
}

const INTERNAL_SENTENCE = 'Something went wrong on our side. It is in the log under this request id.'
const UNAVAILABLE_SENTENCE = 'The database is not answering; please try again in a moment.'
const RETRY_AFTER_SECONDS = '2'

/** Fastify's own refusals, by the codes this API speaks. */
const FRAMEWORK_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
}

/** Refusals whose own words would repeat the address, which may carry a token. */
const UNREADABLE: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'This address is not valid percent-encoding',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of this address is too long',
}

/** Codes of our own errors; those of Fastify, its plugins and Node never reach a client. */
const OWN_CODE = /^(?!FST_|ERR_|FAST_)[A-Z][A-Z\d_]+$/

/** Refusals of 500 and above that are meant for the client. */
const MEANT: ReadonlySet<string> = new Set(['UNDER_PRESSURE', 'BUSY', 'IDENTITY_PROVIDER_UNAVAILABLE', 'BACKUP_FAILED'])

type Answer = Pick<ErrorAnswer, 'statusCode' | 'code' | 'message' | 'details'>

/** What a client may know of an error. Anything not known to be harmless is a 500 with a fixed sentence. */
function answerTo(error: FastifyError): Answer {
  if (error instanceof ValidationError) return invalid(error.message, error.field, error.message)
  if (error instanceof DatabaseError && error.unavailable) {
    return { statusCode: 503, code: 'DATABASE_UNAVAILABLE', message: UNAVAILABLE_SENTENCE }
  }
  const violation = error.validation?.[0]
  return violation ? violated(error.message, violation) : refused(error)
}

function refused(error: FastifyError): Answer {
  const unreadable = UNREADABLE[error.code]
  if (unreadable !== undefined) return invalid(unreadable, '', unreadable)
  const statusCode = error.statusCode ?? 500
  const code = FRAMEWORK_CODES[error.code] ?? error.code
  if (statusCode >= 500 && !MEANT.has(code)) return { statusCode: 500, code: 'INTERNAL', message: INTERNAL_SENTENCE }
  if (!OWN_CODE.test(code)) return frameworkRefusal(statusCode, error.message)
  return { statusCode, code, message: error.message, ...detailsOf(error) }
}

/** Names the field as well when a field too many or too few is what is wrong. */
function violated(message: string, { instancePath, params, message: detail }: FastifySchemaValidationError): Answer {
  const field = params['additionalProperty'] ?? params['missingProperty']
  if (typeof field !== 'string') return invalid(message, instancePath, detail ?? message)
  const named = message.includes(field) ? message : `${message}: ${field}`
  return invalid(named, `${instancePath}/${field}`, detail ?? message)
}

function frameworkRefusal(statusCode: number, message: string): Answer {
  if (statusCode === 400) return invalid(message, '', message)
  const code = (STATUS_CODES[statusCode] ?? 'refused').toUpperCase().replaceAll(/[^A-Z]+/g, '_')
  return { statusCode, code, message }
}

function detailsOf(error: Error): Pick<Answer, 'details'> {
  const details: unknown = 'details' in error ? error.details : undefined
  return isList(details) ? { details } : {}
}

function isList(value: unknown): value is object[] {
  return Array.isArray(value)
}

function invalid(message: string, path: string, detail: string): Answer {
  return { statusCode: 400, code: 'VALIDATION', message, details: [{ path, message: detail }] }
}

/** An error as a client gets it. */
export function errorAnswer(error: FastifyError, requestId: string): ErrorAnswer {
  const { statusCode, code, message, details } = answerTo(error)
  const body = { statusCode, error: STATUS_CODES[statusCode] ?? 'Error', code, message, requestId }
  return details ? { ...body, details } : body
}

export function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const answer = errorAnswer(error, request.id)
  if (answer.statusCode >= 500)
    request.log.error({ requestId: request.id, err: error, cause: error.cause }, answer.message)
  if (answer.statusCode === 401) reply.header('www-authenticate', 'Bearer')
  if ('retryAfterSeconds' in error) reply.header('retry-after', error.retryAfterSeconds)
  if (answer.statusCode === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', RETRY_AFTER_SECONDS)
  void reply.code(answer.statusCode).type('application/json; charset=utf-8').serializer(JSON.stringify).send(answer)
}

/** Fastify runs no hook for an address it cannot read, so what hooks add to other answers is added here. */
export function sendEarlyError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(earlyHeaders(request.server, { id: request.id, origin: request.headers.origin }))
  sendError(error, request, reply)
}

/** One handler for every error, and 405 with `allow` where the path is known under another method. */
export const errorsPlugin = fp(
  async app => {
    app.addSchema(ErrorAnswer)
    app.setErrorHandler(sendError)
    const methodsOf = knownMethods(app)
    app.setNotFoundHandler((request, reply) => {
      const methods = methodsOf(request.url.split('?')[0] ?? '')
      // A route that answers this method may still have nothing there: a file, for instance.
      if (methods.length === 0 || methods.includes(request.method)) throw new NowhereError()
      reply.header('allow', methods.join(', '))
      throw new MethodNotAllowed(methods.join(', '))
    })
  },
  { name: 'errors' },
)

/**
 * Which methods a path answers: Fastify's own router does not tell. A second one over the same paths does, made when the
 * first stranger asks.
 */
function knownMethods(app: FastifyInstance): (path: string) => string[] {
  const pathsOf = new Map<Router.HTTPMethod, Set<string>>()
  app.addHook('onRoute', ({ method, url }) => {
    if (url === '*') return // the preflight of every address
    for (const one of [method].flat()) {
      // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- Fastify widens the router's own names
      const name = one as Router.HTTPMethod
      pathsOf.set(name, (pathsOf.get(name) ?? new Set()).add(url))
    }
  })
  let router: ReturnType<typeof Router> | undefined
  return path => {
    const known = (router ??= routerOver(pathsOf))
    try {
      return [...pathsOf.keys()].filter(method => known.find(method, path))
    } catch {
      return [] // a path that cannot be decoded is nowhere
    }
  }
}

function routerOver(pathsOf: ReadonlyMap<Router.HTTPMethod, ReadonlySet<string>>) {
  const router = Router({ ignoreTrailingSlash: false })
  for (const [method, paths] of pathsOf) for (const path of paths) router.on(method, path, () => undefined)
  return router
}
