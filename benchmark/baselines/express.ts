// The same job as one would write it with Express 5: helmet, express-rate-limit, jsonwebtoken, pino-http and
// better-sqlite3 with prepared statements. It has the tables and indexes of Panelist without its triggers, reads the
// session of each request as Panelist does, and commits at synchronous=FULL, so that it is as durable.
// The log goes through the same kind of buffered destination, although pino-http alone would write synchronously.
import { createSecretKey } from 'node:crypto'
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express'
import { rateLimit } from 'express-rate-limit'
import helmet from 'helmet'
import jsonwebtoken from 'jsonwebtoken'
import { destination } from 'pino'
import { pinoHttp } from 'pino-http'
import Sqlite from '../../db/sqlite/driver.mjs'
import { v7 } from 'uuid'
import { NewInterviewer, type NewInterviewer as NewInterviewerBody } from '../../features/interviewers/schemas.ts'
import { validatorFactory } from '../../plugins/validation.ts'

const { PORT, DATABASE_FILE = '', JWT_SECRET = '' } = process.env
// Given as text, jsonwebtoken would first try to read it as a public key, each time: as slow as all the rest together.
const secret = createSecretKey(Buffer.from(JWT_SECRET))
const PAGE = 50

interface User {
  readonly id: string
  readonly name: string
  readonly role: string
}

interface Row {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly skills: string
  readonly interviewTypes: string
}

const db = new Sqlite(DATABASE_FILE)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.pragma('foreign_keys = ON')
db.pragma('cache_size = -16000')

const COLUMNS = `id, name, email, title, department, skills, interview_types AS interviewTypes, timezone, status,
  buffer_before_minutes AS bufferBeforeMinutes, buffer_after_minutes AS bufferAfterMinutes, max_per_day AS maxPerDay,
  max_per_week AS maxPerWeek, weight, user_id AS userId, version, created_at AS createdAt, updated_at AS updatedAt`

const findUser = db.prepare<[string, string, string], User>(`SELECT users.id, users.name, users.role FROM sessions
  JOIN users ON users.id = sessions.user_id
  WHERE sessions.id = ? AND users.id = ? AND users.status = 'active' AND sessions.ended_at IS NULL AND sessions.expires_at > ?`)
const findInterviewer = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM interviewers WHERE id = ?`)
const listInterviewers = db.prepare<[number, number], Row>(
  `SELECT ${COLUMNS} FROM interviewers ORDER BY lower(name), id LIMIT ? OFFSET ?`,
)
const countInterviewers = db.prepare<[], number>('SELECT count(*) FROM interviewers').pluck()
const insertInterviewer = db.prepare<[object]>(
  `INSERT INTO interviewers (id, name, email, title, department, skills, interview_types, timezone, status,
     buffer_before_minutes, buffer_after_minutes, max_per_day, max_per_week, weight, user_id)
   VALUES (@id, @name, @email, @title, @department, @skills, @interviewTypes, @timezone, @status,
     @bufferBeforeMinutes, @bufferAfterMinutes, @maxPerDay, @maxPerWeek, @weight, @userId)`,
)
const insertAudit = db.prepare<[object]>(
  `INSERT INTO audit_logs (actor_id, actor_name, action, entity_type, entity_id, changes, request_id, ip, user_agent)
   VALUES (@actorId, @actorName, 'create', 'interviewer', @entityId, @changes, @requestId, @ip, @userAgent)`,
)

const DEFAULTS = {
  title: null,
  department: null,
  timezone: 'UTC',
  status: 'active',
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  maxPerDay: null,
  maxPerWeek: null,
  weight: 100,
  userId: null,
}

const users = new WeakMap<Request, User>()
const validateBody = validatorFactory()({}, {})({ schema: NewInterviewer, method: 'POST', url: '', httpPart: 'body' })

const authenticate: RequestHandler = (request, response, next) => {
  const user = userOf(request.headers.authorization?.split(' ')[1] ?? '')
  if (!user) {
    response.status(401).json({ message: 'Sign in first' })
    return
  }
  users.set(request, user)
  next()
}

function userOf(token: string): User | undefined {
  try {
    const claims = jsonwebtoken.verify(token, secret, {
      algorithms: ['HS256'],
      issuer: 'panelist',
      audience: 'panelist-api',
    })
    if (typeof claims === 'string' || typeof claims.sub !== 'string') return undefined
    return findUser.get(String(claims['sid']), claims.sub, new Date().toISOString())
  } catch {
    return undefined
  }
}

const toJson = (row: Row) => {
  const skills: unknown = JSON.parse(row.skills)
  const interviewTypes: unknown = JSON.parse(row.interviewTypes)
  return { ...row, skills, interviewTypes }
}

const create = db.transaction((body: NewInterviewerBody, user: User, request: Request) => {
  const id = v7()
  const { skills = [], interviewTypes = [], ...fields } = body
  insertInterviewer.run({
    ...DEFAULTS,
    ...fields,
    id,
    skills: JSON.stringify(skills),
    interviewTypes: JSON.stringify(interviewTypes),
  })
  const row = findInterviewer.get(id)
  if (!row) throw new Error('the new row is gone')
  const created = toJson(row)
  insertAudit.run({
    actorId: user.id,
    actorName: user.name,
    entityId: id,
    changes: JSON.stringify(
      Object.fromEntries(Object.entries(created).map(([field, to]) => [field, { from: null, to }])),
    ),
    requestId: typeof request.id === 'object' ? null : String(request.id),
    ip: request.ip,
    userAgent: request.headers['user-agent'] ?? null,
  })
  return created
})

const isNewInterviewer = (body: unknown): body is NewInterviewerBody => validateBody(body) === true

const app = express()
app.use(pinoHttp({}, destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 1000 })))
app.use(helmet())
app.use(rateLimit({ windowMs: 60_000, limit: 1_000_000_000 }))
app.use(express.json())
app.use(authenticate)

app.get('/api/interviewers', (_request, response) => {
  const rows = listInterviewers.all(PAGE + 1, 0)
  const data = rows.slice(0, PAGE).map(toJson)
  const last = data.at(-1)
  const hasMore = rows.length > PAGE
  const nextCursor = hasMore && last ? Buffer.from(JSON.stringify([last.name, last.id])).toString('base64url') : null
  response.json({ data, pagination: { total: countInterviewers.get(), limit: PAGE, offset: 0, hasMore, nextCursor } })
})

app.get('/api/interviewers/:id', (request, response) => {
  const row = findInterviewer.get(request.params.id)
  if (!row) {
    response.status(404).json({ message: 'There is no such interviewer' })
    return
  }
  response.set('etag', `"${row.version}"`).json(toJson(row))
})

app.post('/api/interviewers', (request, response) => {
  const user = users.get(request)
  const body: unknown = request.body
  if (!user || (user.role !== 'admin' && user.role !== 'talent')) {
    response.status(403).json({ message: 'This is for admin and talent' })
  } else if (isNewInterviewer(body)) {
    const created = create.immediate(body, user, request)
    response.status(201).location(`/api/interviewers/${created.id}`).json(created)
  } else {
    response.status(400).json({ message: 'The body is not an interviewer' })
  }
})

const onError: ErrorRequestHandler = (error, request, response, _next) => {
  request.log.error(error)
  response.status(500).json({ message: 'Something went wrong' })
}
app.use(onError)

app.listen(Number(PORT), '127.0.0.1')
