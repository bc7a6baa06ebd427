// A team's database, moved from a file to a server: the program answers the same, byte for byte.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyDatabase } from '../../db/copy.ts'
import { makeDemoData } from '../../scripts/demo/make.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { postgres, type TestPlace } from '../support/databases.ts'
import { scaled } from '../support/scale.ts'

/** Several pages of every list, and of what is copied at a time. */
const EVENTS = scaled(1_000, 5_000)

let file: TestApp
let place: TestPlace
let server: TestApp
let admin: SignedIn

beforeAll(async () => {
  file = await testApp({ LOG_LEVEL: 'silent' })
  await makeDemoData(file.db, { seed: 1, interviewers: 200, events: EVENTS })
  admin = await file.signedIn('admin')
  place = await postgres.place('empty')
  await copyDatabase(file.config.DATABASE_URL, place.url)
  server = await testApp({ LOG_LEVEL: 'silent', DATABASE_URL: place.url })
})
afterAll(async () => {
  await server.close()
  await file.close()
  await place.remove()
})

it('answers the same 50 requests with the same bytes from both', async () => {
  const urls = await recorded()
  expect(urls).toHaveLength(50)
  for (const url of urls) {
    const [one, other] = [await raw(file, url), await raw(server, url)]
    expect(other, url).toEqual(one)
    expect(one.statusCode, url).toBe(200)
  }
})

async function raw(t: TestApp, url: string) {
  const { statusCode, headers, payload } = await t.app.inject({ method: 'GET', url, headers: admin.headers })
  return { statusCode, etag: headers.etag, payload }
}

/** What people ask for: lists in every order, with filters, further pages, single things and their histories. */
async function recorded(): Promise<string[]> {
  const read = async (url: string) => (await file.call({ method: 'GET', url, as: admin })).body
  const people = (await read('/api/interviewers?limit=100')).data as { id: string; name: string; email: string }[]
  const events = (await read('/api/events?limit=100')).data as { id: string; candidateEmail: string }[]
  const nextOf = async (list: string) => `${list}&cursor=${String((await read(list)).pagination.nextCursor)}`
  const lists = [
    ...['name', '-name', 'email', '-createdAt', 'updatedAt'].map(sort => `/api/interviewers?limit=40&sort=${sort}`),
    ...['startsAt', '-startsAt', 'createdAt', '-createdAt'].map(sort => `/api/events?limit=40&sort=${sort}`),
    '/api/audit-logs?limit=100',
    '/api/audit-logs?limit=30&entityType=event&action=create',
  ]
  return [
    ...lists,
    ...(await Promise.all(lists.map(nextOf))),
    '/api/usercount',
    `/api/users/${admin.id}`,
    '/api/users?limit=10',
    '/api/interviewers?offset=190',
    '/api/interviewers?status=active&skill=typescript',
    `/api/interviewers?q=${encodeURIComponent(people[7]?.name ?? '')}`,
    `/api/events?q=${encodeURIComponent(people[3]?.email.split('@')[0] ?? '')}`,
    '/api/events?status=scheduled&startsAfter=2026-01-01T00:00:00Z',
    `/api/events?candidateEmail=${encodeURIComponent(events[5]?.candidateEmail ?? '')}`,
    `/api/events?interviewerId=${people[0]?.id ?? ''}`,
    ...people.slice(0, 5).map(({ id }) => `/api/interviewers/${id}`),
    ...people.slice(5, 8).map(({ id }) => `/api/interviewers/${id}/events?limit=20`),
    ...people.slice(8, 10).map(({ id }) => `/api/interviewers/${id}/history`),
    ...events.slice(0, 5).map(({ id }) => `/api/events/${id}`),
    ...events.slice(5, 8).map(({ id }) => `/api/events/${id}/history`),
  ]
}
