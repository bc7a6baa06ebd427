import { STATUS_CODES } from 'node:http'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { Type, type TProperties } from '@sinclair/typebox'
import type { FastifySchema, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { creates } from './idempotency.ts'
import { programVersion } from './health.ts'

/** Only what the page needs, and nothing from elsewhere; `true` would send people's browsers to https and to a validator. */
const DOCS_CSP = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
].join('; ')

const DESCRIPTION = `The scheduling backend of a recruiting team. **Nobody is ever booked twice.**

Sign in with \`POST /api/auth/login\`, press **Authorize** and paste the \`accessToken\`. Times are RFC 3339 with an
offset, answered in UTC; every change can be read in \`GET /api/audit-logs\`.

Every resource carries a \`version\`, sent as \`ETag\`: give it back as \`If-Match\` and nobody's change is overwritten.
A POST that creates something takes an \`Idempotency-Key\`: repeat it as often as the network makes you.`

export interface OpenapiOptions {
  readonly tags: readonly { name: string; description: string }[]
}

/** The document at `/docs/json`, Swagger UI at `/docs`, and the parts of a route's schema that follow from the rest. */
export const openapiPlugin = fp<OpenapiOptions>(
  async (app, { tags }) => {
    app.addHook('onRoute', completeSchema)
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Panelist',
          version: programVersion(),
          description: DESCRIPTION,
          license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: '/', description: 'this server' }],
        tags: [...tags],
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      },
      refResolver: {
        buildLocalReference: (json, _base, _fragment, index) =>
          typeof json['$id'] === 'string' ? json['$id'] : `def-${index}`,
      },
    })
    if (app.config.DOCS === 'off') return
    await app.register(async docs => {
      docs.addHook('onRoute', route => {
        route.config = { ...route.config, public: true }
      })
      await docs.register(swaggerUi, {
        routePrefix: '/docs',
        staticCSP: DOCS_CSP,
        theme: { title: 'Panelist' },
        uiConfig: { docExpansion: 'list', deepLinking: true, tryItOutEnabled: true, persistAuthorization: false },
      })
    })
  },
  { name: 'openapi', dependencies: ['config', 'errors', 'auth', 'idempotency'] },
)

/** Adds the headers a route understands and the refusals any such route can answer; what it says itself stands. */
function completeSchema(route: RouteOptions): void {
  const { schema } = route
  if (!schema || schema.hide === true) return
  const open = route.config?.public === true
  if (!open) schema.security = [{ bearer: [] }]
  const headers = headersOf(route, schema)
  if (Object.keys(headers).length > 0) schema.headers = Type.Object(headers)
  const takesInput = [schema.body, schema.params, schema.querystring, schema.headers].some(part => part !== undefined)
  schema.response = {
    ...refusals([429, 500, 503]),
    ...(open ? {} : refusals([401])),
    ...(takesInput ? refusals([400]) : {}),
    ...(schema.body === undefined ? {} : refusals([413, 415])),
    ...answersTo(headers),
    ...responsesOf(schema),
  }
}

function headersOf(route: RouteOptions, { response, params }: FastifySchema): TProperties {
  const onOne = params !== undefined && route.url.includes('/:id')
  switch ([route.method].flat()[0]) {
    case 'GET':
      return route.url.endsWith('/:id')
        ? { 'if-none-match': header('The ETag you have; answers 304 while it is current') }
        : {}
    case 'POST':
      return creates(response)
        ? { 'idempotency-key': header('Makes a repetition of this request safe for 24 hours', '^[!-~]{1,255}$') }
        : ifMatch(onOne)
    case 'PUT':
    case 'DELETE':
      return ifMatch(onOne)
    default:
      return {}
  }
}

function ifMatch(onOne: boolean): TProperties {
  return onOne ? { 'if-match': header('Change only this version, given as its ETag') } : {}
}

function header(description: string, pattern = '.*') {
  return Type.Optional(Type.String({ description, maxLength: 255, pattern }))
}

/** What the headers of a request add to its possible answers. */
function answersTo(headers: TProperties): object {
  return {
    ...('idempotency-key' in headers ? refusals([409, 422]) : {}),
    ...('if-match' in headers ? refusals([412]) : {}),
    ...('if-none-match' in headers ? { 304: { type: 'null', description: 'Not Modified' } } : {}),
  }
}

/** The error shape under each of these statuses, for a route's `response`. */
export function refusals(statuses: readonly number[]): Record<number, object> {
  return Object.fromEntries(
    statuses.map(status => [status, { $ref: 'Error#', description: STATUS_CODES[status] ?? 'Refused' }]),
  )
}

function responsesOf({ response }: FastifySchema): object {
  return typeof response === 'object' && response !== null ? response : {}
}
