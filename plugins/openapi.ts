import { STATUS_CODES } from 'node:http'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { Type, type StringOptions, type TProperties } from '@sinclair/typebox'
import type { FastifyPluginAsync, FastifySchema, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { isRead } from './conditional.ts'
import { scopeFor } from './auth/scopes.ts'
import { takesKey } from './idempotency.ts'
import { programVersion } from './health.ts'
import { finished, HEADERS, RESPONSES } from './openapi-document.ts'

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

Every resource carries a \`version\`, sent as \`ETag\`. Give it back as \`If-Match\`, and you overwrite nobody's change.
A POST that creates something takes an \`Idempotency-Key\`, so that you can repeat it safely when the network fails.

Changes are sent as they happen over a WebSocket at \`/ws/updates\`: send your token in the \`authorization\` header, as
\`?token=\` or as \`{"type":"AUTH","token":"…"}\`, then \`{"type":"SUBSCRIBE_EVENTS"}\`, \`SUBSCRIBE_TASKS\` or
\`SUBSCRIBE_INTERVIEWERS\`. Each message carries the \`id\` of its row in the journal. After a lost connection send the
last one as \`since\`, and you miss nothing.`

const BEARER =
  'The `accessToken` that `POST /api/auth/login` answered, which is good for 15 minutes; or the `secret` of an API token, ' +
  'made with `POST /api/tokens`, for the routes whose scope it has.'

/** The chapters of the document, in their order. */
const CHAPTERS = ['accounts', 'interviews', 'work', 'operation'] as const

/** A heading of the document. Within a chapter the headings stand in the order of the features. */
export interface Tag {
  readonly name: string
  readonly description: string
  readonly chapter: (typeof CHAPTERS)[number]
}

const OPERATIONS: Tag = { name: 'operations', description: 'The state of the program', chapter: 'operation' }

export interface OpenapiOptions {
  readonly tags: readonly Tag[]
}

/** The document at `/docs/json`, Swagger UI at `/docs`, and the parts of a route's schema that follow from the rest. */
export const openapiPlugin = fp<OpenapiOptions>(
  async (app, { tags }) => {
    app.addHook('onRoute', completeSchema)
    await app.register(swagger, {
      openapi: documentOf(tags),
      transform: ({ schema, url, route }) => ({ schema: withScope(schema, route), url: url.replace(/(?<=.)\/$/, '') }),
      transformObject: finished,
      refResolver: {
        buildLocalReference: (json, _base, _fragment, index) =>
          typeof json['$id'] === 'string' ? json['$id'] : `def-${index}`,
      },
    })
    if (app.config.DOCS === 'on') await app.register(docs)
  },
  { name: 'openapi', dependencies: ['config', 'errors', 'auth', 'idempotency'] },
)

const docs: FastifyPluginAsync = async app => {
  app.addHook('onRoute', route => {
    route.config = { ...route.config, public: true }
  })
  // Nothing in it is private; what lies on the disk says more itself.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-cache')
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_CSP,
    theme: { title: 'Panelist' },
    uiConfig: {
      layout: 'BaseLayout', // without the bar that offers to explore other documents
      docExpansion: 'list',
      deepLinking: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      persistAuthorization: false,
    },
  })
}

function documentOf(tags: readonly Tag[]) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Panelist',
      version: programVersion(),
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'this server' }],
    tags: CHAPTERS.flatMap(name => [...tags, OPERATIONS].filter(({ chapter }) => chapter === name)).map(
      ({ name, description }) => ({ name, description }),
    ),
    components: {
      securitySchemes: {
        bearer: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT', description: BEARER },
      },
      responses: RESPONSES,
      headers: HEADERS,
    },
  }
}

/** Adds the headers a route understands and the refusals any such route can answer; what it says itself stands. */
function completeSchema(route: RouteOptions): void {
  const { schema } = route
  if (!schema || schema.hide === true) return
  const open = route.config?.public === true
  schema.security = open ? [] : [{ bearer: [] }]
  const headers = headersOf(route, schema)
  if (Object.keys(headers).length > 0) schema.headers = Type.Object(headers)
  const takesInput = [schema.params, schema.querystring, schema.headers].some(part => part !== undefined)
  // Also where none is asked for: a body that comes is read, and refused when it cannot be.
  const readsBody = !isRead(methodOf(route))
  schema.response = {
    ...refusals([429, 500, 503]),
    ...(open ? {} : refusals([401])),
    ...(takesInput || readsBody ? refusals([400]) : {}),
    ...(readsBody ? refusals([413, 415]) : {}),
    ...answersTo(headers),
    ...responsesOf(schema),
  }
}

/** Says which scope an API token needs. */
function withScope(schema: FastifySchema, route: RouteOptions): FastifySchema {
  const { scope, public: open } = route.config ?? {}
  if (!scope || open === true || schema.hide === true) return schema
  return { ...schema, security: [{ bearer: [scopeFor(scope, methodOf(route))] }] }
}

function headersOf(route: RouteOptions, { params }: FastifySchema): TProperties {
  const { versioned = params !== undefined && route.url.includes('/:id') } = route.config ?? {}
  switch (methodOf(route)) {
    case 'GET':
      return versioned && !/:id\/./.test(route.url)
        ? { 'if-none-match': header('The ETag you have; answers 304 while it is current') }
        : {}
    case 'POST':
      return takesKey(route)
        ? {
            'idempotency-key': header('Makes a repetition of this request safe for 24 hours', {
              pattern: '^[!-~]{1,255}$',
            }),
          }
        : ifMatch(versioned)
    case 'PUT':
    case 'DELETE':
      return ifMatch(versioned)
    default:
      return {}
  }
}

function methodOf({ method }: RouteOptions): string {
  return [method].flat()[0] ?? ''
}

function ifMatch(versioned: boolean): TProperties {
  return versioned ? { 'if-match': header('Change only this version, given as its ETag') } : {}
}

function header(description: string, options: StringOptions = {}) {
  return Type.Optional(Type.String({ description, maxLength: 255, ...options }))
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
