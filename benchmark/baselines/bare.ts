// The floor everything is measured against: Fastify with nothing but the answer. GETs send the very bytes that
// Panelist sent; the POST validates with the schema and the validator of Panelist and keeps nothing.
// With USUAL=on it does what every public server does as well: helmet, a rate limit and one log line a request.
import { readFileSync } from 'node:fs'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import { destination, pino } from 'pino'
import { Interviewer, NewInterviewer } from '../../features/interviewers/schemas.ts'
import { validatorFactory } from '../../plugins/validation.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

const { PORT, ONE_FILE, LIST_FILE, USUAL } = process.env
const one = readFileSync(ONE_FILE ?? '', 'utf8')
const list = readFileSync(LIST_FILE ?? '', 'utf8')

/** What a create answers besides what it was sent, so that the answer is as large as that of Panelist. */
const FILLED_IN = {
  id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
  status: 'active',
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  maxPerDay: null,
  maxPerWeek: null,
  weight: 100,
  userId: null,
  title: null,
  department: null,
  skills: [],
  interviewTypes: [],
  timezone: 'UTC',
  version: 1,
  createdAt: '2026-03-01T08:00:00.000Z',
  updatedAt: '2026-03-01T08:00:00.000Z',
} satisfies Partial<Interviewer>

const app = Fastify({
  schemaController: { compilersFactory: { buildValidator: validatorFactory() } },
}).withTypeProvider<TypeBoxTypeProvider>()
if (USUAL === 'on') await doTheUsual(app)

app.get('/api/interviewers/:id', (_request, reply) => reply.type(JSON_TYPE).send(one))
app.get('/api/interviewers', (_request, reply) => reply.type(JSON_TYPE).send(list))
app.post(
  '/api/interviewers',
  { schema: { body: NewInterviewer, response: { 201: Interviewer } } },
  async (request, reply) => reply.code(201).send({ ...FILLED_IN, ...request.body }),
)

await app.listen({ host: '127.0.0.1', port: Number(PORT) })

async function doTheUsual(server: FastifyInstance): Promise<void> {
  const log = pino({ base: null }, destination({ dest: 1, sync: false, minLength: 12_288, periodicFlush: 1000 }))
  await server.register(helmet)
  await server.register(rateLimit, { max: 1_000_000_000, timeWindow: 60_000 })
  server.addHook('onResponse', (request, reply, done) => {
    const { id, method, routeOptions } = request
    log.info(
      { requestId: id, method, route: routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime },
      'request',
    )
    done()
  })
}
