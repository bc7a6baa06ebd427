import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'

/** RFC 9110 §9.3.2 and §13.1.2: a HEAD has the conditions and the headers of its GET, and no body. */
describe('If-None-Match', () => {
  let t: TestApp
  let admin: SignedIn
  const urls: Record<string, string> = {}

  beforeAll(async () => {
    t = await testApp()
    admin = await t.signedIn('admin')
    const add = async (url: string, payload: object) =>
      (await t.call({ method: 'POST', url, as: admin, payload })).headers['location']?.toString() ?? ''
    urls['interviewer'] = await add('/api/interviewers', { name: 'Ada Lovelace', email: 'ada@example.com' })
    urls['hours'] = `${urls['interviewer']}/availability`
    urls['task'] = await add('/api/tasks', { title: 'Write the questions' })
    const panel = [{ interviewerId: urls['interviewer'].split('/').at(-1), role: 'lead' }]
    const booked = {
      title: 'First talk',
      type: 'technical',
      startsAt: '2030-03-05T10:00:00Z',
      durationMinutes: 60,
      panel,
    }
    urls['event'] = await add('/api/events', booked)
    urls['user'] = `/api/users/${admin.id}`
  })
  afterAll(() => t.close())

  const matching = ['"1"', 'W/"1"', '"7", "1"', '*']
  const cases = ['interviewer', 'hours', 'task', 'event', 'user'].flatMap(kind =>
    ['GET', 'HEAD'].flatMap(method => [
      ...matching.map(tag => [method, kind, tag, 304] as const),
      [method, kind, '"7"', 200] as const,
    ]),
  )
  it.each(cases)('F24 of a %s of the %s with the tag %s gets %d', async (method, kind, tag, status) => {
    const url = urls[kind] ?? ''
    const own = (await t.app.inject({ method: 'GET', url, headers: admin.headers })).headers.etag?.toString() ?? ''
    const headers = { ...admin.headers, 'if-none-match': tag.replace('"1"', own) }
    const answer = await t.app.inject({ method: method === 'HEAD' ? 'HEAD' : 'GET', url, headers })
    expect(answer).toMatchObject({ statusCode: status, headers: { etag: own } })
    if (status === 304 || method === 'HEAD') expect(answer.body).toBe('')
  })
})
