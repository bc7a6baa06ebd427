import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import '../../plugins/exports/pdf.ts' // loads for long here, in which no request would be answered
import { injected, testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { scaled } from '../support/scale.ts'
import { HOSTILE } from './support/hostile.ts'
import {
  addressOf,
  checker,
  closed,
  operationsOf,
  servedDocument,
  type Check,
  type Operation,
  type Schema,
} from './support/document.ts'
import { PLACEHOLDER, shots, UPGRADES, type Sender, type Shot } from './support/requests.ts'
import { sentOver } from './support/wire.ts'

/** The same requests with every run; FUZZ_SEED=… and FUZZ_RUNS=… look elsewhere and further. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_302)
const RUNS = { sqlite: scaled(2_500, 10_000), postgres: scaled(1_500, 5_000) }
/** Of each kind; so few that an interviewer is often found in the panel of an interview. */
const KEPT = 12

/**
 * Would end the fuzzer's own sessions; test/features/auth.test.ts signs out. Google takes a browser and
 * Google; the accounts here have no password to change, and nobody guesses the code of a confirmation. An import asks the servers that a request names, and
 * nobody guesses the id of what came of it, or of a feed; test/features/imported-calendars.test.ts and
 * calendar-feeds.test.ts have them. There are no mails without a courier: test/features/outbox.test.ts. A file of interviewers is no JSON:
 * test/features/import.test.ts. The metrics take no input.
 * A backup copies everything each time, and where the database is a server there are none: test/features/backups.test.ts.
 */
const LEFT_OUT = new Set([
  'confirmAddress',
  'logout',
  'startGoogleSignIn',
  'finishGoogleSignIn',
  'changePassword',
  'importCalendar',
  'importInterviewers',
  'getImportedCalendar',
  'refreshImportedCalendar',
  'removeImportedCalendar',
  'getFeed',
  'rotateFeed',
  'deleteFeed',
  'getEventsFeed',
  'getFreeBusyFeed',
  'takeCalendarReply',
  'getOutboxMail',
  'retryOutboxMail',
  'getMetrics',
  'createBackup',
  'listBackups',
  'getBackup',
  'downloadBackup',
])
/** The journal says who took a list as a file, which a HEAD does not. */
const WITHOUT_HEAD = new Set(['exportInterviewers', 'exportEvents', 'exportTasks', 'exportAuditLogs'])
/** Hash a password or look how guessable one is, which takes its time. */
const SLOW = new Set(['register', 'login', 'createUser', 'updateUser'])
/** Succeed only after others have: they are asked more often, so that each comes to it. */
const RARE = new Set(['reopenEvent', 'replacePanelMember', 'updateTask', 'deleteInterviewer', 'getSessionByToken'])
/** So many operations a short run may not have brought to success. */
const NEVER = { sqlite: scaled(20, 0), postgres: scaled(20, 5) }
const ADA = {
  email: 'ada@example.com',
  password: 'violet harbor anchors 42',
  name: 'Ada Lovelace',
  role: 'interviewer',
}
/** By chance nobody finds a password. */
const SIGN_IN: Shot = {
  operation: 'login',
  as: 'stranger',
  params: {},
  query: [],
  headers: {},
  body: [JSON.stringify({ email: ADA.email, password: ADA.password }), 'application/json'],
  upgrade: undefined,
  head: false,
}
/**
 * A sign-in that failed is told as well, and so is the end of a session whose token was used twice; and who registers makes
 * two things, an account and a session.
 */
const TOLD_OTHERWISE = new Set(['login', 'refresh', 'register'])
const BOOKED = 6
/** Requests between two looks at what still exists. */
const BETWEEN_LOOKS = 200
const JSON_TYPE = 'application/json'
const LONGEST_SENT = 8_000

/** What no answer may tell: where the program is, what it is written in, how it asks its database. */
const TELLTALE =
  /node_modules|\.[cm]?[jt]s:\d+|\n\s+at |SQLITE|sqlite|[Pp]ostgres|\bSELECT\b|\bINSERT INTO\b|no such (?:table|column)|FST_|TypeError|file:\/\//

describe.each(drivers)('random requests on $name (always true: 5)', driver => {
  const runs = Number(process.env['FUZZ_RUNS'] ?? RUNS[driver.name])
  let t: TestApp
  let address: string
  let operations: Operation[]
  let checkOf: (schema: Schema) => Check
  const senders = new Map<Sender, SignedIn>()
  /** Names of what exists, for placeholders. */
  const existing = new Map<string, readonly string[]>()
  const answers = new Map<string, Map<number, number>>()
  /** By the request's own id, each that came alone under it. */
  const asked = new Map<string, { readonly operationId: string; readonly statusCode: number } | 'several'>()

  beforeAll(async () => {
    t = await testApp({ REGISTRATION: 'open', LOG_LEVEL: 'silent' }, driver)
    const document = closed(await servedDocument(t.app))
    operations = operationsOf(document).filter(({ operationId }) => !LEFT_OUT.has(operationId))
    checkOf = checker(document)
    for (const role of ['admin', 'talent', 'interviewer'] as const) senders.set(role, await t.signedIn(role))
    await t.post('/api/users', ADA, sender('admin'))
    await furnish()
    address = await t.app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(() => t.close())

  /** Something of everything to be found, also after much was deleted, disabled, cancelled or ended. */
  async function furnish(): Promise<void> {
    const as = sender('admin')
    const other = await t.signedIn('interviewer')
    for (const [kind, name] of [
      ['emails', other.email],
      ['sessions', other.sessionId],
      ['auditlogs', '1'],
    ] as const) {
      keep(kind, name)
    }
    const themselves = [...senders.values()].map(({ id }) => id)
    await relist('users', `SELECT id FROM users WHERE status = 'active'`, themselves)
    await relist('interviewers', `SELECT id FROM interviewers WHERE status = 'active' AND user_id IS NULL`)
    while (namesOf('interviewers').length < KEPT) keep('interviewers', await addInterviewer({}))
    await relist('events', `SELECT id FROM events ORDER BY status = 'scheduled'`)
    own.interviewerId ??= await addInterviewer({ userId: sender('interviewer').id })
    for (const interviewerId of namesOf('interviewers').slice(0, BOOKED)) {
      const panel = [{ interviewerId }, { interviewerId: own.interviewerId }]
      const startsAt = new Date(Date.UTC(2028, 1, 1) + (bookings += 1) * 3_600_000).toISOString()
      const payload = { title: 'Interview', type: 'other', startsAt, durationMinutes: 30, panel }
      keep('events', (await t.post('/api/events', payload, as)).body.id)
    }
  }

  async function addInterviewer(link: object): Promise<string> {
    const payload = { name: 'Interviewer', email: `${randomUUID()}@example.com`, ...link }
    return (await t.post('/api/interviewers', payload, sender('admin'))).body.id
  }

  /** As whom the fuzzer's own interviewer sits in interviews. */
  const own: { interviewerId?: string } = {}
  let bookings = 0

  async function relist(kind: string, query: string, leftOut: readonly string[] = []): Promise<void> {
    const ids = (await t.db.many<{ id: string }>(query)).map(({ id }) => id).filter(id => !leftOut.includes(id))
    existing.set(kind, ids.slice(-KEPT))
  }

  function namesOf(kind: string): readonly string[] {
    return existing.get(kind) ?? []
  }

  function sender(of: Exclude<Sender, 'stranger'>): SignedIn {
    const found = senders.get(of)
    if (!found) throw new Error(`nobody is signed in as ${of}`)
    return found
  }

  function keep(kind: string, name: unknown): void {
    if (typeof name === 'string') existing.set(kind, [...namesOf(kind), name].slice(-KEPT))
  }

  /** Puts in what exists. */
  function resolvedText(template: string): string {
    return template.replaceAll(PLACEHOLDER, (_, kind: string, index: string) => {
      const names = namesOf(kind === 'tampered' ? 'cursors' : kind)
      const name = names[Number(index) % Math.max(names.length, 1)] ?? randomUUID()
      return kind === 'tampered' ? tampered(name, Number(index)) : name
    })
  }

  function tampered(cursor: string, index: number): string {
    try {
      const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
      parts[index % 4] = HOSTILE[index % HOSTILE.length]
      return Buffer.from(JSON.stringify(parts)).toString('base64url').slice(0, 1000)
    } catch {
      return cursor
    }
  }

  async function fire({ operation: operationId, as, params, query, headers, body, upgrade }: Shot) {
    const operation = operations.find(one => one.operationId === operationId)
    if (!operation) throw new Error(`there is no ${operationId}`)
    const names = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, encoded(resolvedText(value))]),
    )
    const search = new URLSearchParams(
      query.map(([name, value]): [string, string] => [name, resolvedText(value)]),
    ).toString()
    const url = addressOf(operation.path, names) + (search === '' ? '' : `?${search}`)
    const [payload, type, encoding] = body ?? []
    const request = {
      method: operation.method,
      url,
      headers: {
        ...(as === 'stranger' ? {} : sender(as).headers),
        ...headers,
        ...(type === undefined || type === '' ? {} : { 'content-type': type }),
      },
      ...(payload !== undefined && { payload: Buffer.from(resolvedText(payload), encoding) }),
    }
    // A longer address would be refused before anything is offered.
    const offer = url.length > LONGEST_SENT || upgrade === undefined ? undefined : UPGRADES[upgrade]
    const answer = offer
      ? await sentOver(address, { ...request, headers: { ...request.headers, ...offer } })
      : await injected(t.app, request)
    return { operation, url, answer, request }
  }

  /** As in a path; half a surrogate pair becomes U+FFFD, as no address can carry it. */
  function encoded(value: string): string {
    return encodeURIComponent(Buffer.from(value).toString()).slice(0, 2000)
  }

  type Fired = Awaited<ReturnType<typeof fire>>

  /** Everything that is promised of any answer. */
  function expectPromised({ operation, answer, url }: Fired): void {
    const { statusCode, body, headers } = answer
    const where = `${operation.method} ${url} → ${statusCode} ${body.slice(0, 500)}`
    const response = operation.responses[String(statusCode)] ?? operation.responses[`${String(statusCode)[0]}XX`]
    expect(statusCode, where).toBeLessThan(500)
    expect(response, `this status is not documented: ${where}`).toBeDefined()
    const [type = ''] = String(headers['content-type'] ?? '').split(';')
    const schema = response?.content?.[type]?.schema
    if (schema === undefined) {
      expect(body, where).toBe('')
    } else if (type !== JSON_TYPE) {
      expect(checkOf(schema)(body), where).toBeUndefined()
    } else {
      const parsed = JSON.parse(body) as Record<string, unknown>
      expect(checkOf(schema)(parsed), where).toBeUndefined()
      if (statusCode >= 400) {
        expect(parsed['statusCode'], where).toBe(statusCode)
        expect(parsed['requestId'], where).toBe(headers['x-request-id'])
        expect(body, where).not.toMatch(TELLTALE)
        expect(body.includes(t.folder) || body.includes(process.cwd()), where).toBe(false)
      }
    }
  }

  /** RFC 9110 §9.3.2: HEAD has the status and the headers of GET, and no body. */
  async function expectSameHead({ url, answer, request }: Fired): Promise<void> {
    const head = await injected(t.app, { ...request, method: 'HEAD' })
    const told = ({ statusCode, headers }: Pick<Fired['answer'], 'statusCode' | 'headers'>) => ({
      statusCode,
      type: headers['content-type'],
      etag: headers.etag,
    })
    expect(told(head), `HEAD ${url}`).toEqual(told(answer))
    expect(head.body, `HEAD ${url}`).toBe('')
  }

  /** Remembers what was made, for later requests to find. */
  function learn({ operation, answer }: Fired): void {
    const counts = answers.get(operation.operationId) ?? new Map<number, number>()
    answers.set(operation.operationId, counts.set(answer.statusCode, (counts.get(answer.statusCode) ?? 0) + 1))
    const requestId = String(answer.headers['x-request-id'])
    const { operationId } = operation
    asked.set(requestId, asked.has(requestId) ? 'several' : { operationId, statusCode: answer.statusCode })
    if (answer.statusCode >= 300 || !String(answer.headers['content-type']).startsWith(JSON_TYPE)) return
    const { id, email, user, refreshToken, pagination } = answer.json()
    const kind = /^\/api\/([\w-]+)/.exec(operation.path)?.[1]?.replace('-', '') ?? ''
    if (answer.statusCode === 201 && id !== undefined) keep(kind, id)
    if (answer.statusCode === 201) keep('emails', email ?? user?.email)
    if (user) keep('users', user.id)
    keep('tokens', refreshToken)
    keep('cursors', pagination?.nextCursor)
    if (operation.operationId === 'listSessions') keepSessions(answer.json().data)
  }

  function keepSessions(sessions: readonly { id: string }[]): void {
    const own = [...senders.values()].map(({ sessionId }) => sessionId)
    for (const { id } of sessions) if (!own.includes(id)) keep('sessions', id)
  }

  test(`keeps every promise of the document for ${runs} requests, whoever sends whatever`, async () => {
    let fires = 0
    const promise = fc.asyncProperty(shots(operations, weightOf), async shot => {
      if ((fires += 1) % BETWEEN_LOOKS === 0) await furnish()
      const fired = await fire(shot)
      learn(fired)
      expectPromised(fired)
      if (shot.head && !WITHOUT_HEAD.has(shot.operation)) await expectSameHead(fired)
    })
    await fc.assert(promise, { seed: SEED, numRuns: runs, examples: [[SIGN_IN]] })

    // A fuzzer whose requests are all refused at the door finds nothing: each operation has to have succeeded, too.
    const never = operations
      .map(({ operationId }) => operationId)
      .filter(operationId => ![...(answers.get(operationId)?.keys() ?? [])].some(status => status < 300))
    expect(never.slice(NEVER[driver.name])).toEqual([])
  })

  test('have one row of the journal for each thing that was made, and none for what was refused (always true: 2, 3)', async () => {
    const rows = await t.db.many<{ requestId: string; rows: number }>(
      'SELECT request_id AS "requestId", count(*) AS rows FROM audit_logs WHERE request_id IS NOT NULL GROUP BY request_id',
    )
    const told = new Map(rows.map(({ requestId, rows: count }) => [requestId, count]))
    const wrong: string[] = []
    let [made, refused] = [0, 0]
    for (const [requestId, request] of asked) {
      if (request === 'several' || TOLD_OTHERWISE.has(request.operationId)) continue
      const { operationId, statusCode } = request
      const count = told.get(requestId) ?? 0
      if (statusCode === 201) made += 1
      if (statusCode >= 400) refused += 1
      if (statusCode === 201 ? count !== 1 : statusCode >= 400 && count !== 0)
        wrong.push(`${operationId} ${statusCode}: ${count}`)
    }
    expect(tally(wrong)).toEqual({})
    expect(Math.min(made, refused)).toBeGreaterThan(runs / 50)
  })
})

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

function weightOf({ operationId, method, parameters, body }: Operation): number {
  if (RARE.has(operationId)) return 40
  if (SLOW.has(operationId) || method === 'DELETE') return 3
  return body ? 12 : parameters.length > 0 ? 6 : 1
}
