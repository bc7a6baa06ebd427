import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'

const CALENDAR = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//EN', 'END:VCALENDAR', ''].join('\r\n')

interface Kind {
  /** The addresses of it that the document names, with If-Match. */
  readonly documented: string
  /** Makes one, and gives its address. */
  readonly make: () => Promise<string>
  /** What a PUT changes; without one there is no PUT. */
  readonly change?: object
  readonly deleted?: false
}

/** By what a header says in place of `"own"`, whether it names the version that there is. */
const TAGS: readonly (readonly [tags: string, named: boolean])[] = [
  ['"own"', true],
  ['W/"own"', true], // as a proxy makes it of ours when it compresses an answer
  ['"77", W/"own"', true],
  ['*', true],
  ['"77"', false],
  ['W/"77"', false],
  ['"77", "78"', false],
  ['"own-gzip"', false],
  ['anything', false],
]

/**
 * RFC 9110 §9.3.2 and §13: If-Match and If-None-Match of every method, on every kind of resource that has a version. Dates
 * are no conditions here: nothing that can be changed has a Last-Modified.
 */
describe('conditional requests', () => {
  let t: TestApp
  let admin: SignedIn
  let made = 0

  beforeAll(async () => {
    t = await testApp()
    admin = await t.signedIn('admin')
  })
  afterAll(() => t.close())

  const post = async (url: string, payload: object | string, headers?: Record<string, string>): Promise<string> => {
    const answer = await t.post(url, payload, admin, headers)
    expect(answer.status).toBe(201)
    return String(answer.headers['location'])
  }
  const interviewer = () => post('/api/interviewers', { name: 'Ada', email: `ada-${(made += 1)}@example.com` })
  const idOf = (address: string) => address.split('/').at(-1) ?? ''
  const entry = (kind: string, payload: object): Kind => ({
    documented: `/api/portfolio/${kind}/{id}`,
    make: async () => post(`/api/portfolio/${kind}`, { interviewerId: idOf(await interviewer()), ...payload }),
    change: payload,
  })
  const kinds: Record<string, Kind> = {
    interviewer: { documented: '/api/interviewers/{id}', make: interviewer, change: { title: 'CTO' } },
    hours: {
      documented: '/api/interviewers/{id}/availability',
      make: async () => `${await interviewer()}/availability`,
      change: { weekly: [] },
      deleted: false,
    },
    feed: {
      documented: '/api/interviewers/{id}/feeds/{feedId}',
      make: async () => post(`${await interviewer()}/feeds`, {}),
    },
    calendar: {
      documented: '/api/interviewers/{id}/calendars/{calendarId}',
      make: async () => post(`${await interviewer()}/calendars`, CALENDAR, { 'content-type': 'text/calendar' }),
    },
    task: {
      documented: '/api/tasks/{id}',
      make: () => post('/api/tasks', { title: 'Write the questions' }),
      change: { priority: 1 },
    },
    event: {
      documented: '/api/events/{id}',
      make: async () => {
        const panel = [{ interviewerId: idOf(await interviewer()), role: 'lead' }]
        const times = { startsAt: '2030-03-05T10:00:00Z', durationMinutes: 60 }
        return post('/api/events', { title: 'First talk', type: 'technical', ...times, panel })
      },
      change: { title: 'Second talk' },
    },
    user: {
      documented: '/api/users/{id}',
      make: async () => `/api/users/${(await t.signedIn('interviewer')).id}`,
      change: { name: 'Grace' },
    },
    profile: { documented: '/api/profile', make: async () => '/api/profile', change: { name: 'Me' }, deleted: false },
    biodata: {
      documented: '/api/portfolio/biodata/{interviewerId}',
      make: async () => {
        const address = `/api/portfolio/biodata/${idOf(await interviewer())}`
        expect((await t.put(address, { headline: 'One' }, admin)).status).toBe(201)
        return address
      },
      change: { headline: 'Two' },
      deleted: false,
    },
    experience: entry('experience', { company: 'Engines', role: 'Engineer' }),
    education: entry('education', { institution: 'University' }),
    skill: entry('skills', { name: 'SQL' }),
    project: entry('projects', { name: 'Bernoulli' }),
  }
  const named = Object.entries(kinds)

  const call = async (method: 'GET' | 'HEAD' | 'PUT' | 'DELETE', kind: Kind, url: string, headers = {}) =>
    t.call({ method, url, as: admin, headers, ...(method === 'PUT' && { payload: kind.change ?? {} }) })
  /** Asks with each of the tags, of one that is made again once it is deleted, and gives what was not as expected. */
  const wrong = async (
    method: 'GET' | 'HEAD' | 'PUT' | 'DELETE',
    kind: Kind,
    header: 'if-match' | 'if-none-match',
    expected: { named: number; otherwise: number },
  ) => {
    const unexpected: string[] = []
    let url = await kind.make()
    for (const [tags, isNamed] of TAGS) {
      const before = await call('GET', kind, url)
      const own = String(before.headers['etag'])
      const answer = await call(method, kind, url, { [header]: tags.replace('"own', own.slice(0, -1)) })
      const status = isNamed ? expected.named : expected.otherwise
      if (answer.status !== status || !isWhole(answer, own)) unexpected.push(`${tags}: ${answer.status}`)
      if (answer.status === 204) url = await kind.make()
      else if (answer.status === 412) expect((await call('GET', kind, url)).body).toEqual(before.body)
    }
    return unexpected
  }
  /** A read has the tag whether or not it has the body; a refused change names the version there is. */
  const isWhole = ({ status, headers, body }: Answer, own: string) => {
    if (status === 304) return headers['etag'] === own && !body
    return status !== 412 || body.code === 'VERSION_MISMATCH'
  }

  it.each(named)('F23 F24 of a GET and a HEAD of the %s are kept', async (_name, kind) => {
    for (const method of ['GET', 'HEAD'] as const) {
      expect(await wrong(method, kind, 'if-none-match', { named: 304, otherwise: 200 })).toEqual([])
    }
    expect(await wrong('GET', kind, 'if-match', { named: 200, otherwise: 412 })).toEqual([])
    const url = await kind.make()
    for (const method of ['GET', 'HEAD'] as const) {
      for (let again = 0; again < 2; again += 1) {
        expect((await call(method, kind, url, { 'if-match': '"77"' })).status).toBe(412) // also from the cache
        expect((await call(method, kind, url, { 'if-match': '*', 'if-none-match': '*' })).status).toBe(304)
        expect((await call(method, kind, url)).status).toBe(200)
      }
    }
  })

  it.each(named.filter(([, { change }]) => change))('F23 of a PUT of the %s are kept', async (_name, kind) => {
    expect(await wrong('PUT', kind, 'if-match', { named: 200, otherwise: 412 })).toEqual([])
    expect(await wrong('PUT', kind, 'if-none-match', { named: 412, otherwise: 200 })).toEqual([])
  })

  it.each(named.filter(([, { deleted }]) => deleted !== false))(
    'F23 of a DELETE of the %s are kept',
    async (_name, kind) => {
      expect(await wrong('DELETE', kind, 'if-match', { named: 204, otherwise: 412 })).toEqual([])
      expect(await wrong('DELETE', kind, 'if-none-match', { named: 412, otherwise: 204 })).toEqual([])
    },
  )

  it('F23 are tried on every kind that says it keeps them', async () => {
    const { body } = await t.get('/docs/json')
    const paths = Object.entries<Record<string, { parameters?: { name: string }[] }>>(body.paths)
    const conditional = paths.flatMap(([path, operations]) => {
      const [put, remove] = [operations['put'], operations['delete']].map(one =>
        one?.parameters?.some(({ name }) => name === 'if-match'),
      )
      return [put && `PUT ${path}`, remove && `DELETE ${path}`].filter(one => typeof one === 'string')
    })
    const tried = named.flatMap(([, { documented, change, deleted }]) => [
      ...(change ? [`PUT ${documented}`] : []),
      ...(deleted === false ? [] : [`DELETE ${documented}`]),
    ])
    expect(tried.sort()).toEqual(conditional.sort())
  })

  it('F23 that can never be kept are refused with what to send instead', async () => {
    const url = await interviewer()
    const change = (headers: Record<string, string>) => t.put(url, { title: 'CTO' }, admin, headers)
    const foreign = await change({ 'if-match': '"1-gzip"' })
    expect(foreign.body).toMatchObject({ details: [{ currentVersion: 1 }] })
    expect(foreign.body.message).toMatch(/^If-Match names no version; send .* the version itself in double quotes$/)
    expect((await change({ 'if-match': `"${foreign.body.details[0].currentVersion}"` })).status).toBe(200)
    expect((await change({ 'if-none-match': '*' })).body.message).toMatch(
      /^If-None-Match names the version that there is/,
    )
    const biodata = `/api/portfolio/biodata/${idOf(url)}`
    const first = (headers: Record<string, string>) => t.put(biodata, { headline: 'One' }, admin, headers)
    expect((await first({ 'if-match': '*' })).body).toMatchObject({ statusCode: 412, code: 'VERSION_MISMATCH' })
    expect((await first({ 'if-none-match': '*' })).status).toBe(201)
  })
})
