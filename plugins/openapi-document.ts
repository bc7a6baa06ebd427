import { STATUS_CODES } from 'node:http'
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { ErrorAnswer } from './errors.ts'

type TransformObject = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>
type Document = Parameters<TransformObject>[0]
interface Operation {
  readonly responses?: Record<string, object>
  readonly parameters?: readonly object[]
}
type Refusal = Pick<ErrorAnswer, 'code' | 'message' | 'details'>

const METHODS = ['get', 'put', 'post', 'delete'] as const
const ERROR = '#/components/schemas/Error'
const REQUEST_ID = '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d99'
const TRY_AGAIN = '2'

/** What each refusal looks like, with the words of a case that happens. */
const REFUSALS: Readonly<Record<number, Readonly<Record<string, Refusal>>>> = {
  400: {
    field: {
      code: 'VALIDATION',
      message: 'body must NOT have additional properties: nmae',
      details: [{ path: '/nmae', message: 'must NOT have additional properties' }],
    },
    encoding: { code: 'NOT_UTF8', message: 'The body is not in UTF-8; save or send it in UTF-8' },
  },
  401: {
    stranger: { code: 'UNAUTHORIZED', message: 'Sign in first, and send the token as "Authorization: Bearer …"' },
  },
  403: { role: { code: 'FORBIDDEN', message: 'This is for admin and talent; you are interviewer' } },
  404: { missing: { code: 'NOT_FOUND', message: 'There is no such event' } },
  409: {
    overlap: {
      code: 'EVENT_OVERLAP',
      message: 'Ada Lovelace is already booked from 09:00 to 10:00 UTC',
      details: [
        {
          subject: 'interviewer',
          interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
          name: 'Ada Lovelace',
          eventId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11',
          startsAt: '2026-03-02T09:00:00.000Z',
          endsAt: '2026-03-02T10:00:00.000Z',
        },
      ],
    },
    taken: { code: 'EMAIL_TAKEN', message: 'There is already an interviewer with the address ada@example.com' },
    state: { code: 'INVALID_TRANSITION', message: 'Cannot cancel an interview that is completed' },
    deleted: {
      code: 'IDEMPOTENCY_RESULT_DELETED',
      message: 'What was created with this Idempotency-Key has been deleted since; send another key to create it again',
    },
  },
  412: {
    stale: {
      code: 'VERSION_MISMATCH',
      message: 'Somebody else has changed this since you read it; read it again and repeat your change',
      details: [{ currentVersion: 4 }],
    },
  },
  413: { large: { code: 'PAYLOAD_TOO_LARGE', message: 'Request body is too large' } },
  415: { type: { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Unsupported Media Type' } },
  422: { reused: { code: 'IDEMPOTENCY_KEY_REUSED', message: 'This Idempotency-Key was used with another body' } },
  429: { many: { code: 'RATE_LIMITED', message: 'Too many requests; try again in 17 seconds' } },
  500: {
    internal: {
      code: 'INTERNAL',
      message: 'Something went wrong on our side. It is in the log under this request id.',
    },
  },
  503: {
    database: {
      code: 'DATABASE_UNAVAILABLE',
      message: 'The database is not answering; please try again in a moment.',
    },
  },
}

const text = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const },
  example,
})

/** What a client should know of the headers of an answer. */
export const HEADERS = {
  etag: text('The version; for If-Match and If-None-Match', '"3"'),
  location: text('The address of the new one', '/api/interviewers/0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10'),
  'retry-after': text('Seconds to wait before the next try', TRY_AGAIN),
  'www-authenticate': text('How to sign in', 'Bearer'),
  'x-request-id': text('Your own id or a generated one; the log and the journal have it too', REQUEST_ID),
}
type HeaderName = keyof typeof HEADERS

const HEADERS_OF: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['www-authenticate'],
  429: ['retry-after'],
  503: ['retry-after'],
}

/** The refusals, described once for the whole document: `#/components/responses/Conflict`. */
export const RESPONSES = Object.fromEntries(
  Object.entries(REFUSALS).map(([status, cases]) => [
    nameOf(status),
    {
      description: wordsOf(status),
      headers: headers(['x-request-id', ...(HEADERS_OF[Number(status)] ?? [])]),
      content: { 'application/json': { schema: { $ref: ERROR }, examples: examplesOf(Number(status), cases) } },
    },
  ]),
)

/** Puts one shared response in the place of every copy of a refusal, and names the headers of the other answers. */
export function finished(document: Document): ReturnType<TransformObject> {
  if ('swaggerObject' in document) return document.swaggerObject
  const { paths = {}, components } = document.openapiObject
  const versioned = versionedShapes(components?.schemas ?? {})
  for (const path of Object.values(paths)) {
    for (const method of METHODS) finish(path?.[method] ?? {}, versioned)
  }
  return document.openapiObject
}

function finish(operation: Operation, versioned: ReadonlySet<string>): void {
  share(operation.responses ?? {}, versioned)
  for (const parameter of operation.parameters ?? []) unfill(parameter)
}

/** The components that are sent with their version as the ETag. */
function versionedShapes(schemas: object): ReadonlySet<string> {
  const named = Object.entries(schemas).filter(([, schema]) => isVersioned(schema))
  return new Set(named.map(([name]) => `#/components/schemas/${name}`))
}

function isVersioned(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return false
  const { properties } = schema
  return typeof properties === 'object' && properties !== null && 'id' in properties && 'version' in properties
}

function share(responses: Record<string, object>, versioned: ReadonlySet<string>): void {
  for (const [status, response] of Object.entries(responses)) {
    const shape = shapeOf(response)
    if (shape === ERROR && status in REFUSALS) {
      responses[status] = { $ref: `#/components/responses/${nameOf(status)}` }
      continue
    }
    const names: HeaderName[] = ['x-request-id']
    if (shape !== undefined && versioned.has(shape)) names.push('etag')
    if (status === '201') names.push('location')
    Object.assign(response, { headers: headers(names) })
  }
}

/** Swagger UI fills examples in and sends them: a list would be filtered, without anybody having asked for it. */
function unfill(parameter: object): void {
  const required = 'required' in parameter && parameter.required === true
  if (!required && 'example' in parameter) delete parameter.example
}

/** The component an answer is made of. */
function shapeOf(response: object): string | undefined {
  return /"\$ref":"(#\/components\/schemas\/\w+)"/.exec(JSON.stringify(response))?.[1]
}

function headers(names: readonly HeaderName[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map(name => [name, { $ref: `#/components/headers/${name}` }]))
}

function examplesOf(statusCode: number, cases: Readonly<Record<string, Refusal>>) {
  const error = wordsOf(String(statusCode))
  return Object.fromEntries(
    Object.entries(cases).map(([name, { code, message, details }]) => {
      const value = { statusCode, error, code, message, requestId: REQUEST_ID, ...(details && { details }) }
      return [name, { summary: code, value }]
    }),
  )
}

/** `Not Found` → `NotFound` */
function nameOf(status: string): string {
  return wordsOf(status).replaceAll(/\W/g, '')
}

function wordsOf(status: string): string {
  return STATUS_CODES[status] ?? 'Refused'
}
