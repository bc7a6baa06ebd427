import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

const Health = Type.Object(
  {
    status: Type.Unsafe<'healthy' | 'unhealthy'>({ type: 'string', enum: ['healthy', 'unhealthy'] }),
    timestamp: Type.String({ format: 'date-time' }),
    uptimeSeconds: Type.Integer(),
    version: Type.String(),
    database: Type.Object({
      status: Type.Unsafe<'healthy' | 'unhealthy'>({ type: 'string', enum: ['healthy', 'unhealthy'] }),
      connected: Type.Boolean(),
      engine: Type.String(),
      latencyMs: Type.Number(),
      reason: Type.Optional(Type.String({ description: 'Why nothing can be written, while that is so' })),
    }),
  },
  {
    $id: 'Health',
    description: 'The health of the program and of its database',
    examples: [
      {
        status: 'healthy',
        timestamp: '2026-03-02T09:00:00.000Z',
        uptimeSeconds: 86400,
        version: '0.3.0',
        database: { status: 'healthy', connected: true, engine: 'sqlite', latencyMs: 0.1 },
      },
    ],
  },
)
type Health = Static<typeof Health>

/** The release that package.json names. */
export function programVersion(): string {
  const file = createRequire(import.meta.url).resolve('#package')
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return known ? String(manifest.version) : 'unknown'
}

/** `/health` asks the database; `/health/live` answers while the process lives. */
export const healthPlugin = fp(
  async app => {
    app.addSchema(Health)
    const version = programVersion()
    const config = { public: true }
    const health = {
      tags: ['operations'],
      description: 'Answers 503 when a real query fails, or while nothing can be written to the database.',
      response: {
        200: { $ref: 'Health#', description: 'All is well' },
        503: { $ref: 'Health#', description: 'The database does not answer, or takes no writes' },
      },
    }
    for (const [url, operationId] of [
      ['/health', 'getHealth'],
      ['/api/health', 'getApiHealth'],
    ] as const) {
      app.get(
        url,
        { config, schema: { ...health, operationId, summary: 'Get the health of the program' } },
        async (_request, reply) => {
          const answer = await examine(app, version)
          return reply.code(answer.status === 'healthy' ? 200 : 503).send(answer)
        },
      )
    }
    const live = {
      tags: ['operations'],
      operationId: 'getLiveness',
      summary: 'Check that the process is alive',
      description: 'Does not use the database. It is for a supervisor that restarts a process that hangs.',
      response: {
        200: Type.Object(
          { status: Type.Literal('alive') },
          { description: 'It is alive', examples: [{ status: 'alive' }] },
        ),
      },
    }
    app.get('/health/live', { config, schema: live }, async () => ({ status: 'alive' as const }))
  },
  { name: 'health', dependencies: ['db', 'openapi'] },
)

async function examine(app: FastifyInstance, version: string): Promise<Health> {
  const started = performance.now()
  const connected = await app.db.one('SELECT 1 AS answer').then(
    () => true,
    (error: unknown) => {
      app.log.error({ err: error }, 'the health query failed')
      return false
    },
  )
  const { writable, reason } = app.db.health()
  const status = connected && writable ? 'healthy' : 'unhealthy'
  const latencyMs = Math.round((performance.now() - started) * 1000) / 1000
  return {
    status,
    timestamp: new Date().toISOString(),
    uptimeSeconds: Math.floor(process.uptime()),
    version,
    database: { status, connected, engine: app.db.engine, latencyMs, ...(reason !== undefined && { reason }) },
  }
}
