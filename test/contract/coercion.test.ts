import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

describe.each(drivers)('what is sent on $name', driver => {
  let t: TestApp
  let staff: SignedIn
  let interviewerId: string

  beforeAll(async () => {
    t = await testApp({}, driver)
    staff = await t.signedIn('talent')
    interviewerId = (await send({ name: 'Ada Lovelace', email: 'ada@example.com' })).body.id
  })
  afterAll(() => t.close())

  const JSON_TYPE = { 'content-type': 'application/json' }

  const post = (url: string, payload: string | object, headers: Record<string, string> = JSON_TYPE) =>
    t.post(url, payload, staff, headers)
  const send = (body: object) => post('/api/interviewers', body)
  const get = (url: string) => t.get(url, staff)

  function expectRefusal(answer: Answer, path: string, message: unknown = expect.any(String)) {
    expect(answer).toMatchObject({
      status: 400,
      body: { statusCode: 400, error: 'Bad Request', code: 'VALIDATION', details: [{ path, message }] },
    })
    expect(answer.body.requestId).toBe(answer.headers['x-request-id'])
  }

  describe('a body is taken as it is', () => {
    const whole = { name: 'Grace Hopper', email: 'grace@example.com' }

    test.each([
      ['a number in quotes is no number', { weight: '5' }, '/weight'],
      ['an empty text is no number', { weight: '' }, '/weight'],
      ['true is no number', { weight: true }, '/weight'],
      ['null is no number', { weight: null }, '/weight'],
      ['a fraction is no integer', { weight: 1.5 }, '/weight'],
      ['a list of one is not the one', { weight: [5] }, '/weight'],
      ['a number beyond all numbers is none', { weight: Number.MAX_VALUE }, '/weight'],
      ['null is no text', { name: null }, '/name'],
      ['an empty text is no name', { name: '' }, '/name'],
      ['a blank is no name', { name: ' ' }, '/name'],
      ['a number is no text', { name: 5 }, '/name'],
      ['true is no text', { name: true }, '/name'],
      ['"true" is no status', { status: 'true' }, '/status'],
      ['upper case is another word', { status: 'ACTIVE' }, '/status'],
      ['a text is no list', { skills: 'sql' }, '/skills'],
      ['null is no list', { skills: null }, '/skills'],
      ['a number in a list of texts is no text', { skills: ['sql', 5] }, '/skills/1'],
      ['an object with indexes is no list', { skills: { 0: 'sql' } }, '/skills'],
      ['a NUL is in no line', { name: 'a\u0000b' }, '/name'],
      ['a line feed is in no line', { title: 'a\nBcc: b' }, '/title'],
      ['an address with a line feed is none', { email: 'a@b.c\r\nRCPT TO:<x@y.z>' }, '/email'],
      ['an address with angle brackets is none', { email: '<a@b.c>' }, '/email'],
      ['an id with urn: in front is none', { userId: 'urn:uuid:0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10' }, '/userId'],
      ['an id in upper case is none', { userId: '0198C7A2-5B1E-7C3F-8A44-2F6F1F0B9D10' }, '/userId'],
      ['an unknown time zone is none', { timezone: 'Europe/Atlantis' }, '/timezone'],
      ['an offset is no time zone', { timezone: '+02:00' }, '/timezone'],
      ['an empty text is no time zone', { timezone: '' }, '/timezone'],
      ['a field too many is named', { nmae: 'Grace' }, '/nmae'],
      ['so is one that another resource has', { role: 'admin' }, '/role'],
      ['so is one of the answer that is not for writing', { version: 1 }, '/version'],
      ['so is one that every object has by nature', { toString: 1 }, '/toString'],
      ['so is one with an empty name', { '': 1 }, '/'],
    ])('%s', async (_, change, path) => {
      expectRefusal(await send({ ...whole, ...change }), path)
      expect((await get('/api/interviewers?q=grace')).body.pagination.total).toBe(0)
    })

    test('a field too few is named', async () => {
      expectRefusal(await send({ name: 'Grace' }), '/email')
      expectRefusal(await send({}), '/name')
    })

    test.each(['null', '5', '"text"', 'true', '[]', '[{}]'])('%s is no object', async text => {
      expectRefusal(await post('/api/interviewers', text), '', 'must be object')
    })

    test('an update of nothing is refused', async () => {
      const url = `/api/interviewers/${interviewerId}`
      expectRefusal(await t.put(url, {}, staff), '')
    })

    test('null clears what can be empty and is stored as nothing, not as a text', async () => {
      const url = `/api/interviewers/${interviewerId}`
      const { body } = await t.put(url, { title: null, maxPerDay: null }, staff)
      expect(body).toMatchObject({ title: null, maxPerDay: null })
    })

    test('what is within bounds comes back as it was sent', async () => {
      const sent = { name: 'Łukasz 🧭 "O’Neil" \\ <b>', email: 'lukasz@example.com', skills: ['C++'], weight: 1000 }
      expect((await send(sent)).body).toMatchObject(sent)
    })
  })

  describe('a reference in a body', () => {
    test('to somebody who does not exist is a 400 that names the field, wherever it stands', async () => {
      const booking = { title: 'Technical interview', type: 'technical', startsAt: '2026-04-01T09:00:00Z' }
      const book = (panel: object[]) => post('/api/events', { ...booking, durationMinutes: 30, panel })
      const { body: event } = await book([{ interviewerId }])
      const url = `/api/events/${event.id}`

      expectRefusal(await book([{ interviewerId }, { interviewerId: unknown }]), '/panel/1/interviewerId')
      const replacement = { interviewerId, withInterviewerId: unknown }
      expectRefusal(await post(`${url}/panel/replace`, replacement), '/withInterviewerId')
      const panel = [{ interviewerId: unknown }]
      expectRefusal(await t.put(url, { panel }, staff), '/panel/0/interviewerId')
      expectRefusal(await send({ name: 'Grace', email: 'grace2@example.com', userId: unknown }), '/userId')
      expect((await get(url)).body).toEqual(event)
    })
  })

  describe('a body that cannot be read', () => {
    test.each([
      ['nothing', ''],
      ['half an object', '{"name":'],
      ['a comma too many', '{"name":"a",}'],
      ['a comment', '{"name":"a"/* */}'],
      ['two objects', '{}{}'],
      ['NaN', '{"weight":NaN}'],
      ['bytes that are no UTF-8 text at all', '\u0000\u0001'],
    ])('%s is a 400', async (_, text) => {
      expectRefusal(await post('/api/interviewers', text), '')
    })

    test.each([
      ['__proto__', '{"name":"a","email":"a@b.c","__proto__":{"status":"inactive"}}'],
      ['__proto__ deep down', '{"name":"a","email":"a@b.c","skills":[{"__proto__":{"x":1}}]}'],
      ['__proto__ in escapes', String.raw`{"name":"a","email":"a@b.c","__proto\u005f_":{"x":1}}`],
      ['constructor.prototype', '{"name":"a","email":"a@b.c","constructor":{"prototype":{"x":1}}}'],
    ])('%s is a 400 and poisons nothing', async (_, text) => {
      expect(await post('/api/interviewers', text)).toMatchObject(refusal(400, 'VALIDATION'))
      expect('status' in {} || 'x' in {}).toBe(false)
    })

    test.each([
      ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
      ['objects', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)],
      ['lists that do not end', '['.repeat(100_000)],
      ['lists in a known field', `{"skills":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ])('100,000 nested %s are a 400', async (_, text) => {
      expect(await post('/api/interviewers', text)).toMatchObject(refusal(400, 'VALIDATION'))
    })

    test('over 1 MiB is a 413, and just below is read', async () => {
      const ofSize = (bytes: number) => {
        const empty = JSON.stringify({ name: '' }).length
        return JSON.stringify({ name: 'x'.repeat(bytes - empty) })
      }
      expect(await post('/api/interviewers', ofSize(1024 * 1024 + 1))).toMatchObject({
        status: 413,
        body: { statusCode: 413, error: 'Payload Too Large', code: 'PAYLOAD_TOO_LARGE' },
      })
      expect((await post('/api/interviewers', ofSize(1024 * 1024))).status).toBe(400)
    })

    test.each([
      'text/plain',
      'text/plain; charset=utf-8',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/jsonx',
      'nonsense',
    ])('%s is a 415', async type => {
      expect(await post('/api/interviewers', '{"name":"a","email":"a@b.c"}', { 'content-type': type })).toMatchObject({
        status: 415,
        body: { statusCode: 415, error: 'Unsupported Media Type', code: 'UNSUPPORTED_MEDIA_TYPE' },
      })
    })
  })

  describe('times', () => {
    const book = (time: object) =>
      post('/api/events', { title: 'Technical interview', type: 'technical', panel: [{ interviewerId }], ...time })

    test.each([
      '2026-03-02T09:00:00',
      '2026-03-02 09:00:00Z',
      '2026-03-02',
      '09:00:00Z',
      '2026-03-02T09:00Z',
      '2026-02-30T09:00:00Z',
      '2026-13-01T09:00:00Z',
      '2026-03-32T09:00:00Z',
      '2025-02-29T09:00:00Z',
      '2026-03-02T24:00:00Z',
      '2026-03-02T23:59:60Z',
      '2026-03-02T09:60:00Z',
      '2026-03-02T09:00:00+25:00',
      '2026-03-02T09:00:00+0100',
      '2026-03-02T09:00:00 Z',
      '1969-12-31T23:59:59Z',
      '+012026-03-02T09:00:00Z',
      'tomorrow',
      '1767344400000',
      '',
    ])('%s is none', async startsAt => {
      expectRefusal(await book({ startsAt, durationMinutes: 60 }), '/startsAt')
      const query = await get(`/api/events?startsAfter=${encodeURIComponent(startsAt)}`)
      expectRefusal(query, '/startsAfter')
    })

    test.each([1_767_344_400_000, null, true, {}])('%j is none', async startsAt => {
      expectRefusal(await book({ startsAt, durationMinutes: 60 }), '/startsAt')
    })

    test.each([
      ['2026-03-02T10:00:00+01:00', '2026-03-02T09:00:00.000Z'],
      ['2026-03-03T04:30:00.5-05:30', '2026-03-03T10:00:00.500Z'],
      ['2024-02-29t09:00:00z', '2024-02-29T09:00:00.000Z'],
      ['2026-03-04T00:15:00+14:00', '2026-03-03T10:15:00.000Z'],
    ])('%s is %s', async (startsAt, instant) => {
      await t.db.run('DELETE FROM events')
      expect(await book({ startsAt, durationMinutes: 5 })).toMatchObject({ status: 201, body: { startsAt: instant } })
    })
  })

  describe('an address', () => {
    test.each([
      ['a scalar twice', '/api/interviewers?limit=5&limit=6', '/limit'],
      ['a word twice', '/api/interviewers?status=active&status=paused', '/status'],
      ['a search twice', '/api/interviewers?q=a&q=b', '/q'],
      ['an unknown filter', '/api/interviewers?colour=red', '/colour'],
      ['a filter of another list', '/api/interviewers?candidateEmail=a@b.c', '/candidateEmail'],
      ['a filter with brackets', '/api/interviewers?q[]=a', '/q[]'],
      ['__proto__', '/api/interviewers?__proto__=1', '/__proto__'],
      ['no number', '/api/interviewers?limit=many', '/limit'],
      ['none of a hundred', '/api/interviewers?limit=0', '/limit'],
      ['more than a hundred', '/api/interviewers?limit=101', '/limit'],
      ['a fraction', '/api/interviewers?limit=1.5', '/limit'],
      ['less than nothing', '/api/interviewers?offset=-1', '/offset'],
      ['a number without end', `/api/interviewers?offset=${'9'.repeat(200)}`, '/offset'],
      ['an order there is not', '/api/interviewers?sort=passwordHash', '/sort'],
      ['an order with a column', '/api/interviewers?sort=created_at', '/sort'],
      ['both ways of paging', '/api/interviewers?offset=0&cursor=abc', '/cursor'],
      ['an id that is none', '/api/interviewers/5', '/id'],
      ['an id with a blank', '/api/interviewers/%20', '/id'],
      ['an id with a NUL', '/api/interviewers/0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10%00', '/id'],
      ['a journal row that is no number', '/api/audit-logs/first', '/id'],
      ['a journal row beyond all numbers', '/api/audit-logs/9007199254740993', '/id'],
      ['an unknown time zone', '/api/interviewers?timezone=Nowhere/Land', '/timezone'],
    ])('with %s is a 400 that names it', async (_, url, path) => {
      expectRefusal(await get(url), path)
    })

    test.each(['/api/interviewers/%zz', '/api/interviewers/%', '/api/interviewers/%E0%A4%A', '/%c0%ae', '/docs/%ff'])(
      '%s, which cannot be decoded, is a 400 of the one shape that does not repeat it',
      async url => {
        const answer = await get(url)
        expectRefusal(answer, '')
        expect(answer.body.message).not.toContain('%')
      },
    )

    test('with a part that is too long is a 400 of the one shape', async () => {
      expectRefusal(await get(`/api/interviewers/${'a'.repeat(301)}`), '')
    })

    test.each([
      '/',
      '/api',
      '/api/',
      '/api/nothing',
      '/API/interviewers',
      '/api//interviewers',
      '/api/interviewers/x/y',
    ])('%s, where nothing is, is a 404 for everybody', async url => {
      for (const as of [{}, { as: staff }]) {
        const { status, body } = await t.call({ url, ...as })
        expect([status, body.code, body.statusCode, body.error]).toEqual([404, 'NOT_FOUND', 404, 'Not Found'])
        expect(Object.keys(body)).toEqual(['statusCode', 'error', 'code', 'message', 'requestId'])
      }
    })

    test.each([
      ['PATCH', '/api/interviewers', 'GET, HEAD, POST'],
      ['DELETE', '/api/interviewers', 'GET, HEAD, POST'],
      ['POST', '/api/interviewers/0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10', 'GET, HEAD, PUT, DELETE'],
      ['GET', '/api/events/0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10/cancel', 'POST'],
      ['PUT', '/health?probe=1', 'GET, HEAD'],
      ['GET', '/api/auth/login', 'POST'],
      ['TRACE', '/api/interviewers', 'GET, HEAD, POST'],
    ])('answers %s %s with a 405 that tells what it takes: %s', async (method, url, allowed) => {
      const answer = await t.call({ method: method, url, as: staff })
      expect(answer).toMatchObject(refusal(405, 'METHOD_NOT_ALLOWED', { error: 'Method Not Allowed' }))
      expect(String(answer.headers['allow']).split(', ').sort()).toEqual(allowed.split(', ').sort())
    })

    test('coerces what is text by nature', async () => {
      const { status, body } = await get('/api/interviewers?limit=1&offset=0')
      expect([status, body.pagination.limit, body.pagination.offset]).toEqual([200, 1, 0])
    })
  })

  describe('x-request-id', () => {
    const withId = (id: string) => t.get('/api/interviewers/5', staff, { 'x-request-id': id })

    test.each(['a', 'ABC-123_x.y', 'x'.repeat(128)])('%s is taken over, into the answer and the journal', async id => {
      const refused = await withId(id)
      expect([refused.headers['x-request-id'], refused.body.requestId]).toEqual([id, id])
      const payload = { name: 'Journal', email: `${id.slice(0, 20)}@example.com` }
      await t.post('/api/interviewers', payload, staff, { 'x-request-id': id })
      expect((await get(`/api/audit-logs?requestId=${id}`)).body.data).toMatchObject([{ requestId: id }])
    })

    test.each(['', 'a b', 'a\tb', 'é', 'x'.repeat(129), '<script>', '{"a":1}', 'a,b'])(
      '%j is replaced by one that was made',
      async id => {
        const { headers, body } = await withId(id)
        expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
        expect(body.requestId).toBe(headers['x-request-id'])
      },
    )
  })
})
