import { randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { buildApp, type AppOptions } from '../../app.ts'
import type { Database } from '../../db/database.ts'
import { openDatabase } from '../../db/open.ts'
import type { Role } from '../../plugins/auth/identity.ts'
import { loadConfig, type Config } from '../../plugins/config.ts'
import { createLogger } from '../../plugins/logging.ts'
import { sqlite } from './databases.ts'
import { Secrets } from './secrets.ts'

export interface SignedIn {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly sessionId: string
  readonly token: string
  readonly headers: { readonly authorization: string }
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly db: Database
  readonly config: Config
  /** A folder of its own, removed on close; a database file is in it. */
  readonly folder: string
  /** Every line the program has logged so far. */
  readonly log: string[]
  /** A user of that role with a session, made straight in the database: most tests are not about signing in. */
  signedIn(role: Role, name?: string): Promise<SignedIn>
  /** An inject whose body is parsed: `{ status, body, headers }`. */
  call(options: InjectOptions & { as?: SignedIn | undefined }): Promise<Answer>
  /** The same in short; by default the request is of nobody. */
  readonly get: Ask
  readonly delete: Ask
  readonly post: Send
  readonly put: Send
  /** Also fails when the log shows a secret that went through the program: a password, a token, a cookie. */
  close(): Promise<void>
}

type Ask = (url: string, as?: SignedIn, headers?: Record<string, string>) => Promise<Answer>
type Send = (url: string, payload?: string | object, as?: SignedIn, headers?: Record<string, string>) => Promise<Answer>

export interface Answer {
  readonly status: number
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers freely
  readonly body: any
  readonly headers: Record<string, string | string[] | number | undefined>
}

/**
 * The whole program on a fresh database of its own, on SQLite unless told. Limits on requests are off unless a test turns
 * them on.
 */
export async function testApp(
  environment: Record<string, string> = {},
  driver = sqlite,
  more: Pick<AppOptions, 'identityProvider' | 'calendarFetcher'> = {},
): Promise<TestApp> {
  const place = await driver.place()
  const config = testConfig(place.url, environment)
  const log: string[] = []
  const logger = await createLogger(config, { write: (line: string) => void log.push(line) })
  const { database } = await openDatabase(config.DATABASE_URL)
  const secrets = new Secrets()
  const app = await watched(secrets, () => buildApp({ config, database, logger, ...more }))
  await app.ready()
  const ask =
    (method: 'GET' | 'DELETE'): Ask =>
    (url, as, headers = {}) =>
      call(app, { method, url, as, headers })
  const send =
    (method: 'POST' | 'PUT'): Send =>
    (url, payload, as, headers = {}) =>
      call(app, { method, url, as, headers, ...(payload !== undefined && { payload }) })
  return {
    app,
    db: database,
    config,
    folder: place.folder,
    log,
    signedIn: async (role, name) => {
      const user = await signedIn(app.accessToken, database, role, name)
      secrets.add('access token of a user', user.token)
      return user
    },
    call: options => call(app, options),
    get: ask('GET'),
    delete: ask('DELETE'),
    post: send('POST'),
    put: send('PUT'),
    close: async () => {
      await app.close()
      await database.close()
      await place.remove()
      secrets.assertNotIn(log)
    },
  }
}

/**
 * Builds an instance with hooks that gather the secrets of every request and answer. They are there before any plugin:
 * hooks that are added to a finished program run for none of its features.
 */
function watched(secrets: Secrets, build: () => Promise<FastifyInstance>): Promise<FastifyInstance> {
  const addHooks = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRequest', (request, _reply, done) => {
      secrets.requested(request.url, request.headers)
      done()
    })
    fastify.addHook('preValidation', (request, _reply, done) => {
      secrets.sent(request.body)
      done()
    })
    fastify.addHook('onSend', (_request, _reply, payload, done) => {
      secrets.answered(payload)
      done()
    })
    fastify.addHook('onResponse', (_request, reply, done) => {
      secrets.answeredWith(reply.getHeaders())
      done()
    })
  }
  subscribe('fastify.initialization', addHooks)
  const building = build() // begins by making the instance, which is all there is to hear of
  unsubscribe('fastify.initialization', addHooks)
  return building
}

/** What the program says when its event loop is late, as it is on a machine that has too much to do. */
const OVERLOADED = 'The server has more to do than it can; please try again'

export function isOverload(status: number, message: string | undefined): boolean {
  return status === 503 && message?.includes(OVERLOADED) === true
}

/** Injects a request, and injects it again while the program is overloaded, which these tests are not about. */
export async function injected(app: FastifyInstance, options: InjectOptions): Promise<LightMyRequestResponse> {
  for (;;) {
    await nextLoop() // injected requests alone never let the loop turn, and the program would feel under pressure
    const response = await app.inject(options)
    if (!isOverload(response.statusCode, response.body)) return response
    await sleep(500)
  }
}

type Call = Parameters<TestApp['call']>[0]

async function call(app: FastifyInstance, { as, ...options }: Call): Promise<Answer> {
  const response = await injected(app, { ...options, headers: { ...as?.headers, ...options.headers } })
  const json = response.body !== '' && String(response.headers['content-type']).startsWith('application/json')
  return { status: response.statusCode, body: json ? response.json() : response.body, headers: response.headers }
}

export function testConfig(url: string, environment: Record<string, string> = {}): Config {
  return loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: url,
    JWT_SECRET: 'a secret for tests alone, long enough to be taken',
    RATE_LIMIT_MAX: '0',
    AUTH_RATE_LIMIT_MAX: '0',
    MAIL: 'off', // tests of mails have their own courier, and no other is to find it at work
    LOG_LEVEL: 'info',
    ...environment,
  })
}

export async function signedIn(
  sign: FastifyInstance['accessToken'],
  db: Database,
  role: Role,
  name?: string,
): Promise<SignedIn> {
  const id = randomUUID()
  const sessionId = randomUUID()
  const email = `${role}-${id.slice(0, 8)}@example.com`
  const full = name ?? `${role} ${id.slice(0, 4)}`
  const now = Date.now()
  await db.transaction(async tx => {
    await tx.run('INSERT INTO users (id, email, name, role) VALUES (:id, :email, :name, :role)', {
      id,
      email,
      name: full,
      role,
    })
    await tx.run(
      `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
       VALUES (:sessionId, :id, :now, :now, :expiresAt)`,
      { sessionId, id, now: new Date(now).toISOString(), expiresAt: new Date(now + 86_400_000).toISOString() },
    )
  })
  const token = sign({ id, role }, sessionId)
  return { id, name: full, email, role, sessionId, token, headers: { authorization: `Bearer ${token}` } }
}
