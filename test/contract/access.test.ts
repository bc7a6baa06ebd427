import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../plugins/auth/identity.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { columnsOf } from '../support/tables.ts'
import { addressOf, operationsOf, servedDocument, type Operation, type Schema } from './support/document.ts'
import { withRoutes, type Route } from './support/routes.ts'

describe.each(drivers)('access on $name', driver => {
  let t: TestApp
  let routes: readonly Route[]
  let operations: Operation[]

  beforeAll(async () => {
    ;[t, routes] = await withRoutes(() => testApp({ REGISTRATION: 'open' }, driver))
    operations = operationsOf(await servedDocument(t.app))
  })
  afterAll(() => t.close())

  /** What answers strangers. Anything else asks for credentials, whoever wrote it. */
  const PUBLIC = [
    'GET /health',
    'GET /ws/updates',
    'GET /health/live',
    'GET /metrics', // to programs of the same machine, as these requests are
    'GET /api/health',
    'POST /api/auth/register',
    'POST /api/auth/confirm',
    'POST /api/auth/login',
    'POST /api/auth/refresh',
    'GET /api/auth/google',
    'GET /api/auth/google/callback',
    'GET /calendar/:secret/events.ics', // the secret in the address is what lets in
    'GET /calendar/:secret/freebusy.ics',
    'GET /docs',
    'GET /docs/',
    'GET /docs/json',
    'GET /docs/yaml',
    'GET /docs/static/*',
    'GET /docs/static/index.html',
    'GET /docs/static/swagger-initializer.js',
  ]

  const everyone: Role[] = ['admin', 'talent', 'interviewer']
  const staff: Role[] = ['admin', 'talent']
  const admin: Role[] = ['admin']
  const stranger = 'stranger'

  /** Who may ask for what. An operation that is not here fails the tests: decide who may, then write it down. */
  const MAY: Readonly<Record<string, readonly Role[] | typeof stranger>> = {
    getHealth: stranger,
    getApiHealth: stranger,
    getLiveness: stranger,
    getMetrics: stranger,
    confirmAddress: stranger,
    register: stranger,
    login: stranger,
    refresh: stranger,
    startGoogleSignIn: stranger,
    finishGoogleSignIn: stranger,
    logout: everyone,
    listSessions: everyone,
    getSessionByToken: everyone,
    endSession: everyone,
    listApiTokens: everyone,
    createApiToken: everyone,
    deleteApiToken: everyone,
    listUsers: admin,
    getUser: everyone,
    getUserByEmail: everyone,
    createUser: admin,
    updateUser: admin,
    deleteUser: admin,
    getUserHistory: admin,
    getUserCount: everyone,
    recalculateUserCount: admin,
    listInterviewers: everyone,
    exportInterviewers: everyone,
    importInterviewers: staff,
    getInterviewer: everyone,
    createInterviewer: staff,
    updateInterviewer: staff,
    deleteInterviewer: staff,
    getInterviewerHistory: staff,
    listInterviewerEvents: everyone,
    getAvailability: everyone,
    updateAvailability: everyone,
    listImportedCalendars: everyone,
    getImportedCalendar: everyone,
    importCalendar: everyone,
    refreshImportedCalendar: everyone,
    removeImportedCalendar: everyone,
    listFeeds: everyone,
    getFeed: everyone,
    createFeed: everyone,
    rotateFeed: everyone,
    deleteFeed: everyone,
    getEventCalendar: everyone,
    getEventsFeed: stranger,
    getFreeBusyFeed: stranger,
    takeCalendarReply: staff,
    listOutbox: admin,
    getOutboxMail: admin,
    retryOutboxMail: admin,
    listSlots: everyone,
    searchPanels: staff,
    listEvents: everyone,
    exportEvents: everyone,
    getEvent: everyone,
    createEvent: staff,
    updateEvent: staff,
    deleteEvent: admin,
    getEventHistory: staff,
    rescheduleEvent: staff,
    cancelEvent: staff,
    completeEvent: staff,
    markEventNoShow: staff,
    reopenEvent: admin,
    respondToEvent: everyone,
    replacePanelMember: staff,
    getPortfolio: everyone,
    getPortfolioBiodata: everyone,
    updatePortfolioBiodata: everyone,
    listPortfolioExperience: everyone,
    getPortfolioExperience: everyone,
    createPortfolioExperience: everyone,
    updatePortfolioExperience: everyone,
    deletePortfolioExperience: everyone,
    listPortfolioEducation: everyone,
    getPortfolioEducation: everyone,
    createPortfolioEducation: everyone,
    updatePortfolioEducation: everyone,
    deletePortfolioEducation: everyone,
    listPortfolioSkills: everyone,
    getPortfolioSkill: everyone,
    createPortfolioSkill: everyone,
    updatePortfolioSkill: everyone,
    deletePortfolioSkill: everyone,
    listPortfolioProjects: everyone,
    getPortfolioProject: everyone,
    createPortfolioProject: everyone,
    updatePortfolioProject: everyone,
    deletePortfolioProject: everyone,
    listTasks: everyone,
    exportTasks: everyone,
    getTask: everyone,
    createTask: everyone,
    updateTask: everyone,
    deleteTask: everyone,
    getTaskHistory: staff,
    getProfile: everyone,
    updateProfile: everyone,
    changePassword: everyone,
    getLoadReport: staff,
    listAuditLogs: staff,
    exportAuditLogs: staff,
    getAuditLog: staff,
    getCache: admin,
    clearCache: admin,
    listBackups: admin,
    createBackup: admin,
    getBackup: admin,
    downloadBackup: admin,
  }

  /** Parameters that fit their schemas and name nothing that exists. */
  function elsewhere({ path, parameters }: Operation): string {
    const params = parameters.map(({ name, schema, example }) => {
      if (schema.type === 'integer') return [name, '987654321']
      return [name, name === 'id' ? randomUUID() : encodeURIComponent(String(example))]
    })
    return addressOf(path, Object.fromEntries(params))
  }

  function request(operation: Operation) {
    const { method, body } = operation
    return { method, url: elsewhere(operation), ...(body && { payload: body.example as object }) }
  }

  describe('without credentials (always true: 6)', () => {
    test('every route refuses, but for those that are listed as public', async () => {
      const open: string[] = []
      for (const { method, url } of routes) {
        const address = url.replaceAll(/:\w+/g, () => randomUUID()).replace('*', 'x')
        const answer = await t.call({ method, url: address })
        if (answer.status !== 401) {
          open.push(`${method} ${url}`)
          continue
        }
        expect(answer.headers['www-authenticate'], address).toBe('Bearer')
        if (method !== 'HEAD') expect(answer.body, address).toMatchObject({ statusCode: 401, code: 'UNAUTHORIZED' })
      }
      const asGet = (route: string) => route.replace(/^HEAD /, 'GET ')
      expect([...new Set(open.map(asGet))].sort()).toEqual([...PUBLIC].sort())
    })

    test('the document promises the same: a lock on everything that is not public', () => {
      const open = operations.filter(({ open }) => open).map(({ operationId }) => operationId)
      expect(open.sort()).toEqual(
        Object.keys(MAY)
          .filter(operationId => MAY[operationId] === stranger)
          .sort(),
      )
    })

    test('every documented operation is a route, and every route under /api is documented', () => {
      // OpenAPI has no words for a WebSocket: that one is told of in the introduction.
      const documented = operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
      const registered = routes
        .filter(({ method, url }) => !['HEAD', 'OPTIONS'].includes(method) && !/^\/(docs|ws)/.test(url))
        .map(({ method, url }) => `${method} ${url.replace(/(?<=.)\/$/, '')}`)
      expect([...new Set(registered)].sort()).toEqual(documented.sort())
    })
  })

  describe('with a role', () => {
    test('the table of who may do what knows every operation, and no other', () => {
      expect(Object.keys(MAY).sort()).toEqual(operations.map(({ operationId }) => operationId).sort())
    })

    test.each(everyone)('%s may do what the table says, and everything else is 403', async role => {
      const found: Record<string, string> = {}
      const expected: Record<string, string> = {}
      for (const operation of operations) {
        const may = MAY[operation.operationId]
        if (may === stranger) continue
        const { status, body } = await t.call({ ...request(operation), as: await t.signedIn(role) })
        const refusal = status === 401 ? 'a stranger' : body.code === 'FORBIDDEN' ? 'FORBIDDEN' : 'may'
        found[operation.operationId] = refusal
        expected[operation.operationId] = may?.includes(role) === true ? 'may' : 'FORBIDDEN'
        expect(status, operation.operationId).toBeLessThan(500)
      }
      expect(found).toEqual(expected)
    })

    test('what is refused to a role says so in the document', () => {
      for (const { operationId, responses } of operations) {
        const may = MAY[operationId]
        if (may !== stranger && may?.length !== everyone.length) expect(responses, operationId).toHaveProperty('403')
      }
    })

    test('a role is looked up with every request: who was staff a moment ago is not any more', async () => {
      const somebody = await t.signedIn('talent')
      expect((await t.get('/api/audit-logs', somebody)).status).toBe(200)
      await t.db.run(`UPDATE users SET role = 'interviewer' WHERE id = :id`, { id: somebody.id })
      expect((await t.get('/api/audit-logs', somebody)).status).toBe(403)
    })
  })

  describe('an interviewer', () => {
    let own: SignedIn
    let other: SignedIn
    let boss: SignedIn
    let eventId: string
    let interviewerId: string

    beforeAll(async () => {
      ;[own, other, boss] = [
        await t.signedIn('interviewer'),
        await t.signedIn('interviewer'),
        await t.signedIn('admin'),
      ]
      const add = async (userId: string) => {
        const payload = { name: 'Ada Lovelace', email: `${userId}@example.com`, userId }
        return (await t.post('/api/interviewers', payload, boss)).body.id as string
      }
      interviewerId = await add(own.id)
      await add(other.id)
      const payload = {
        title: 'Technical interview',
        type: 'technical',
        startsAt: '2026-03-02T09:00:00Z',
        durationMinutes: 60,
        panel: [{ interviewerId }],
      }
      const booked = await t.post('/api/events', payload, boss)
      expect(booked.status).toBe(201)
      eventId = booked.body.id
    })

    const nothing = (body: Record<string, unknown>) => ({ ...body, requestId: '' })

    test('sees the interview they sit in; for another it is not there, in the very words of one that never was', async () => {
      expect((await t.get(`/api/events/${eventId}`, own)).status).toBe(200)
      const hidden = await t.get(`/api/events/${eventId}`, other)
      const never = await t.get(`/api/events/${randomUUID()}`, other)
      expect(hidden.status).toBe(404)
      expect(nothing(hidden.body)).toEqual(nothing(never.body))
    })

    test('cannot answer for a panel they are not on, and is not told that it exists', async () => {
      const payload = { response: 'accepted' }
      const hidden = await t.post(`/api/events/${eventId}/respond`, payload, other)
      const never = await t.post(`/api/events/${randomUUID()}/respond`, payload, other)
      const stale = { 'if-match': '"99"' }
      const url = `/api/events/${eventId}/respond`
      const versioned = await t.post(url, payload, other, stale)
      expect(hidden.status).toBe(404)
      expect(nothing(hidden.body)).toEqual(nothing(never.body))
      expect(nothing(versioned.body)).toEqual(nothing(never.body))
    })

    test('lists the own interviews alone, whatever the filter', async () => {
      for (const url of [
        '/api/events',
        `/api/events?interviewerId=${interviewerId}`,
        '/api/events?q=technical',
        `/api/interviewers/${interviewerId}/events`,
      ]) {
        const mine = await t.get(url, own)
        const theirs = await t.get(url, other)
        expect(mine.body, url).toMatchObject({ data: [{ id: eventId }], pagination: { total: 1 } })
        expect(theirs.body, url).toMatchObject({ data: [], pagination: { total: 0 } })
      }
    })

    test('sees the own account, and of others not even that they exist', async () => {
      expect((await t.get(`/api/users/${own.id}`, own)).body.id).toBe(own.id)
      expect((await t.get(`/api/users/email/${own.email.toUpperCase()}`, own)).body.id).toBe(own.id)
      for (const [there, nowhere] of [
        [`/api/users/${other.id}`, `/api/users/${randomUUID()}`],
        [`/api/users/email/${other.email}`, '/api/users/email/nobody@example.com'],
      ] as const) {
        const hidden = await t.get(there, own)
        const never = await t.get(nowhere, own)
        expect(hidden.status, there).toBe(404)
        expect(nothing(hidden.body), there).toEqual(nothing(never.body))
      }
    })

    test('sees and ends the own sessions, and nobody else’s', async () => {
      const credentials = { email: 'ruth@example.com', password: 'violet harbor anchors 42', name: 'Ruth' }
      const { body } = await t.post('/api/auth/register', credentials)
      const ruth = { ...own, headers: { authorization: `Bearer ${body.accessToken}` } }
      const url = `/api/sessions/token/${body.refreshToken}`
      const session = await t.get(url, ruth)
      expect(session.status).toBe(200)

      expect((await t.get(url, own)).status).toBe(404)
      const end = { method: 'DELETE' as const, url: `/api/sessions/${session.body.id}` }
      expect((await t.call({ ...end, as: own })).status).toBe(404)
      const listed = await t.get('/api/sessions', own)
      expect(listed.body.data.map(({ userId }: { userId: string }) => userId)).toEqual([own.id])
      expect((await t.call({ ...end, as: ruth })).status).toBe(204)
    })
  })

  describe('mass assignment', () => {
    test('no body takes a column of the database that it does not document, at any depth', async () => {
      const columns = await columnNames(t)
      expect(columns).toEqual(expect.arrayContaining(['passwordHash', 'version', 'createdAt', 'organizerId', 'status']))
      const boss = await t.signedIn('admin')
      let probes = 0
      for (const operation of operations) {
        if (!operation.body) continue
        for (const [pointer, schema] of objectsIn(operation.body.schema, operation.body.example)) {
          for (const column of columns.filter(name => !(name in (schema.properties ?? {})))) {
            const payload = withField(operation.body.example, pointer, column)
            const answer = await t.call({ ...request(operation), payload, as: boss })
            expect(answer, `${operation.operationId} ${pointer.join('/')} ${column}`).toMatchObject({
              status: 400,
              body: { code: 'VALIDATION', message: expect.stringContaining(column) },
            })
            expect(answer.body.details[0].path).toBe(`/${[...pointer, column].join('/')}`)
            probes += 1
          }
        }
      }
      expect(probes).toBeGreaterThan(operations.filter(({ body }) => body).length * 20)
    })
  })
})

type Pointer = readonly (string | number)[]

/** The objects of an example that have a schema of their own, with the way to each. */
function* objectsIn(schema: Schema, example: unknown, way: Pointer = []): Generator<readonly [Pointer, Schema]> {
  if (Array.isArray(example)) {
    for (const [index, item] of example.entries()) yield* objectsIn(schema.items ?? {}, item, [...way, index])
  } else if (typeof example === 'object' && example !== null) {
    yield [way, schema]
    for (const [name, value] of Object.entries(example)) {
      yield* objectsIn(schema.properties?.[name] ?? {}, value, [...way, name])
    }
  }
}

function withField(example: unknown, pointer: Pointer, field: string): object {
  const copy = structuredClone(example) as Record<string | number, unknown>
  let target = copy
  for (const step of pointer) target = target[step] as Record<string | number, unknown>
  target[field] = 'x'
  return copy
}

async function columnNames({ db }: TestApp): Promise<string[]> {
  const names = new Set((await columnsOf(db)).map(({ column_name }) => column_name))
  return [...names].map(name => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()))
}
