// What a server writes about all that was done to it, at its most talkative.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer } from '../support/app.ts'
import { lockHolder } from '../support/programs.ts'
import { home, type Call, type Home, type Server } from './support/home.ts'

const PASSWORD = 'violet harbor anchors 42'
const WRONG_PASSWORD = 'crimson anchors harbor 24'
const EASY_PASSWORD = 'hunter2hunter2'
const NEW_PASSWORD = 'amber meadow lanterns 77'
const LOST = 'LostTokenInAnAddressThatNobodyWasEverGiven1'

let house: Home
let server: Server
let log: string
/** Every answer, by the request's id. */
const answers = new Map<string, Answer>()
const secrets = new Map<string, string>()

beforeAll(async () => {
  house = await home()
  server = await house.serve({ environment: { LOG_LEVEL: 'trace', SLOW_QUERY_MS: '1', REGISTRATION: 'open' } })
  for (const [name, secret] of Object.entries({ PASSWORD, WRONG_PASSWORD, EASY_PASSWORD, NEW_PASSWORD, LOST })) {
    secrets.set(name, secret)
  }
  secrets.set('JWT_SECRET', house.environment['JWT_SECRET'] ?? '')
  secrets.set('the access token of the staff member', house.staff.token)
  await useEverything()
  const { stdout, stderr } = await server.stop()
  log = stdout + stderr
  const hashes = await house.look(db => db.many<{ hash: string }>('SELECT password_hash AS hash FROM users'))
  for (const [number, { hash }] of hashes.entries()) if (hash) secrets.set(`password hash ${number}`, hash)
  const tokens = await house.look(db => db.many<{ hash: string }>('SELECT hash FROM refresh_tokens'))
  for (const [number, { hash }] of tokens.entries()) secrets.set(`token hash ${number}`, hash)
})
afterAll(() => house.close())

describe('the log at LOG_LEVEL=trace', () => {
  it('holds no password, no token, no hash of one and not the JWT_SECRET', () => {
    expect(secrets.size).toBeGreaterThan(12)
    expect([...secrets.values()].filter(secret => secret.length < 10)).toEqual([])
    expect([...secrets].flatMap(([name, secret]) => (log.includes(secret) ? [name] : []))).toEqual([])
    // Nor a part of one: the signature of a token is enough to recognise it by.
    const signatures = [...secrets].filter(([name]) => name.includes('access token')).map(([, t]) => t.split('.')[2])
    expect(signatures.filter(signature => log.includes(signature ?? ''))).toEqual([])
  })

  it('has one line for each request, with its id, method, route, status and duration, and the user when there is one', () => {
    const lines = log.split('\n').filter(Boolean)
    const entries = lines.map((line): Record<string, unknown> => JSON.parse(line))
    const requests = entries.filter(({ msg }) => msg === 'request')
    const ids = requests.map(({ requestId }) => String(requestId))
    expect(new Set(ids).size).toBe(ids.length)
    expect([...answers.keys()].filter(id => !ids.includes(id))).toEqual([])
    for (const { requestId, method, route, status, ms, user } of requests) {
      const answer = answers.get(String(requestId))
      if (answer) expect({ requestId, status }).toEqual({ requestId, status: answer.status })
      expect(method).toMatch(/^[A-Z]+$/)
      expect(route).toMatch(/^(\/|none$)/)
      expect(ms).toEqual(expect.any(Number))
      expect(user ?? house.staff.id).toMatch(/^[\w-]{36}$/)
    }
    const routes = requests.map(({ route, user }) => `${String(route)} ${user === house.staff.id ? 'staff' : 'other'}`)
    expect(routes).toContain('/api/events staff')
    expect(routes).toContain('/api/sessions/token/:token other')
    expect(routes).toContain('none other')
    const failures = entries.filter(({ level }) => level === 'error').map(({ requestId }) => String(requestId))
    expect(failures.map(id => answers.get(id)?.status)).toEqual([503]) // with its cause, for whoever looks after it
  })
})

describe('the log of any other server of a test', () => {
  it('is searched for every secret that the server was sent', async () => {
    const other = await home(0)
    const its = await other.serve()
    const shownAnyway = '/health/live'
    await its.call('/health/live', { headers: { authorization: `Bearer ${shownAnyway}` } })
    await its.stop()
    await expect(other.close()).rejects.toThrow('The log shows secrets:\ntoken of a header: {"level":"info"')
  })
})

/** Signs in, stays signed in, looks a session up by its token, books, and makes every kind of mistake with a secret. */
async function useEverything(): Promise<void> {
  const email = 'grace@example.com'
  const account = { email, password: PASSWORD, name: 'Grace Hopper' }
  await asked('/api/auth/register', { body: { ...account, password: EASY_PASSWORD } }, 400)
  await asked('/api/auth/register', { body: account, headers: { 'idempotency-key': 'register-once' } }, 201)
  await asked('/api/auth/login', { body: { email, password: WRONG_PASSWORD } }, 401)
  await asked('/api/auth/login', { body: { email, password: { [PASSWORD]: PASSWORD } } }, 400)
  await asked('/api/auth/login', { body: { email, password: PASSWORD, [PASSWORD]: 1 } }, 400)
  await asked(`/api/auth/login?password=${encodeURIComponent(PASSWORD)}`, { body: PASSWORD }, 400)
  const { accessToken, refreshToken } = (await asked('/api/auth/login', { body: { email, password: PASSWORD } }, 200))
    .body
  const own = { authorization: `Bearer ${accessToken}` }
  await asked(`/api/sessions/token/${refreshToken}`, { headers: own }, 200)
  await asked(`/api/sessions/token/${LOST}`, { headers: own }, 404)
  await asked(`/api/nowhere/${LOST}?token=${refreshToken}`, { headers: own }, 404)
  await asked('/api/events', { headers: { authorization: `Bearer ${accessToken}${LOST}` } }, 401)
  await asked('/api/events', { headers: { authorization: 'Bearer', cookie: `token=${accessToken}` } }, 401)
  const { body: next } = await asked('/api/auth/refresh', { body: { refreshToken } }, 200)
  await asked('/api/auth/refresh', { body: { refreshToken: LOST } }, 401)
  await asked('/api/auth/refresh', { body: { refreshToken } }, 401) // used twice: its session ends
  await asked('/api/sessions', { headers: { authorization: `Bearer ${next.accessToken}` } }, 401)
  const again = (await asked('/api/auth/login', { body: { email, password: PASSWORD } }, 200)).body
  await asked('/api/auth/logout', { method: 'POST', headers: { authorization: `Bearer ${again.accessToken}` } }, 204)

  const panel = house.interviewers.slice(0, 3).map(interviewerId => ({ interviewerId }))
  const event = { title: 'Technical', type: 'technical', startsAt: '2026-03-02T09:00:00Z', durationMinutes: 60, panel }
  await asked('/api/events', { body: event }, 201)
  await asked('/api/events', { body: event }, 409)
  await asked('/api/events', { body: { ...event, password: NEW_PASSWORD } }, 400)
  await asked('/api/users', { body: { ...account, password: NEW_PASSWORD } }, 403)
  await asked('/api/interviewers?name=x', { method: 'PUT', body: {} }, 405)
  await asked('/api/events', {}, 200)

  const holder = await lockHolder(house.path)
  await asked('/api/auth/login', { body: { email, password: PASSWORD } }, 503)
  await holder.letGo()
}

/** A request, a POST when it has a body, of the staff member when it says nothing else. Keeps what came of it. */
async function asked(path: string, options: Call, status: number): Promise<Answer> {
  const answer = await server.call(path, { ...(options.body !== undefined && { method: 'POST' }), ...options })
  expect({ path, status: answer.status, body: answer.body }).toMatchObject({ status })
  answers.set(String(answer.headers['x-request-id']), answer)
  const { accessToken, refreshToken } = answer.body
  if (accessToken) secrets.set(`access token ${answers.size}`, accessToken)
  if (refreshToken) secrets.set(`refresh token ${answers.size}`, refreshToken)
  return answer
}
