// What tests of the cache ask, and how an answer came.
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Queryable } from '../../db/database.ts'
import { hashOfSecret, randomSecret } from '../../plugins/secrets.ts'
import { injected, type SignedIn, type TestApp } from './app.ts'

export interface Told {
  readonly status: number
  /** Its body, byte for byte. */
  readonly text: string
  readonly type: unknown
  readonly etag: unknown
  /** `hit` or `miss`; undefined when the answer is none that is kept. */
  readonly cache: unknown
}

export interface Question {
  readonly method?: 'GET' | 'HEAD' | 'POST'
  readonly payload?: object
  readonly as?: Pick<SignedIn, 'headers'>
  readonly headers?: Record<string, string>
}

export async function ask(
  app: FastifyInstance,
  url: string,
  { method = 'GET', as, headers, ...more }: Question,
): Promise<Told> {
  const answer = await injected(app, { method, url, headers: { ...as?.headers, ...headers }, ...more })
  return {
    status: answer.statusCode,
    text: answer.body,
    type: answer.headers['content-type'],
    etag: answer.headers.etag,
    cache: answer.headers['x-cache'],
  }
}

export async function addInterviewer(t: TestApp, as: SignedIn, more: object = {}): Promise<string> {
  const payload = { name: 'Ada Lovelace', email: `${randomUUID()}@example.com`, ...more }
  const { body } = await t.post('/api/interviewers', payload, as)
  return body.id
}

let booked = 0

/** An interview of half an hour, in an hour that no other has. */
export async function addEvent(t: TestApp, as: SignedIn, ...interviewers: readonly string[]): Promise<string> {
  const payload = {
    title: 'Technical interview',
    type: 'technical',
    startsAt: new Date(Date.UTC(2030, 0, 1, (booked += 1))).toISOString(),
    durationMinutes: 30,
    panel: interviewers.map(interviewerId => ({ interviewerId })),
  }
  const { body } = await t.post('/api/events', payload, as)
  return body.id
}

/** Gives the session of a user a refresh token, straight in the database. */
export async function addRefreshToken(sql: Queryable, { sessionId }: SignedIn): Promise<string> {
  const token = randomSecret()
  await sql.run('INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES (:hash, :sessionId, :now)', {
    hash: hashOfSecret(token),
    sessionId,
    now: new Date().toISOString(),
  })
  return token
}
