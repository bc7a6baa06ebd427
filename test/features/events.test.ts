import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invalid, outdated, refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { acceptInserts, refuseInserts } from '../support/tables.ts'

const url = '/api/events'

describe.each(drivers)('events on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let talent: SignedIn
  let stranger: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin', 'Anna Admin')
    talent = await t.signedIn('talent', 'Tess Talent')
    stranger = await t.signedIn('interviewer', 'Ivo Interviewer')
  })
  afterAll(() => t.close())

  let made = 0
  /** An interviewer of their own for each test, so that tests share a program and no calendar. */
  async function person(name: string, more: object = {}): Promise<string> {
    const payload = { name, email: `person${++made}@example.com`, ...more }
    return (await t.post('/api/interviewers', payload, talent)).body.id
  }
  const body = (panel: string[], startsAt: string, more: object = {}) => ({
    title: 'Technical interview',
    type: 'technical',
    startsAt,
    durationMinutes: 60,
    panel: panel.map(interviewerId => ({ interviewerId })),
    ...more,
  })
  const book = (panel: string[], startsAt: string, more: object = {}): Promise<Answer> =>
    t.post(url, body(panel, startsAt, more), talent)
  const act = (id: string, action: string, payload?: object, as = talent, headers = {}): Promise<Answer> =>
    t.post(`${url}/${id}/${action}`, payload, as, headers)
  const put = (id: string, payload: object, headers = {}) => t.put(`${url}/${id}`, payload, talent, headers)
  const move = (startsAt: string, reason = 'x') => ({ startsAt, durationMinutes: 60, reason })
  const read = async (id: string) => (await t.get(`${url}/${id}`, talent)).body
  const claims = () =>
    t.db.many<{ subject: string; starts_at: string; ends_at: string }>(
      'SELECT * FROM claims ORDER BY subject, starts_at',
    )
  const claimsOf = (eventId: string) =>
    t.db.many<{ subject: string; starts_at: string; ends_at: string }>(
      'SELECT subject, starts_at, ends_at FROM claims WHERE event_id = :eventId ORDER BY subject',
      { eventId },
    )
  const claimedTimes = () =>
    t.db.many<{ startsAt: string; before: number; claimedFrom: string }>(
      `SELECT events.starts_at AS "startsAt", claims.buffer_before_minutes AS before, claims.starts_at AS "claimedFrom"
       FROM claims JOIN events ON events.id = claims.event_id`,
    )
  const journal = async (id: string) =>
    (await t.get(`${url}/${id}/history?sort=id`, talent)).body.data as {
      action: string
      actorName: string
      reason: string | null
      changes: Record<string, { from: unknown; to: unknown }>
    }[]

  describe('events: refusals', () => {
    it.each([
      ['list', 'GET', ''],
      ['get', 'GET', `/${unknown}`],
      ['create', 'POST', ''],
      ['update', 'PUT', `/${unknown}`],
      ['delete', 'DELETE', `/${unknown}`],
      ['reschedule', 'POST', `/${unknown}/reschedule`],
      ['cancel', 'POST', `/${unknown}/cancel`],
      ['complete', 'POST', `/${unknown}/complete`],
      ['no-show', 'POST', `/${unknown}/no-show`],
      ['reopen', 'POST', `/${unknown}/reopen`],
      ['respond', 'POST', `/${unknown}/respond`],
      ['replace', 'POST', `/${unknown}/panel/replace`],
    ] as const)('refuses a stranger to %s', async (_name, method, path) => {
      expect((await t.call({ method, url: url + path })).status).toBe(401)
    })

    it.each([
      ['update', 'PUT', `/${unknown}`, { title: 'x' }],
      ['delete', 'DELETE', `/${unknown}`, undefined],
      ['reschedule', 'POST', `/${unknown}/reschedule`, move('2026-03-02T09:00:00Z')],
      ['cancel', 'POST', `/${unknown}/cancel`, { reason: 'x' }],
      ['complete', 'POST', `/${unknown}/complete`, undefined],
      ['no-show', 'POST', `/${unknown}/no-show`, { party: 'candidate' }],
      ['reopen', 'POST', `/${unknown}/reopen`, undefined],
      ['respond', 'POST', `/${unknown}/respond`, { response: 'accepted' }],
      ['replace', 'POST', `/${unknown}/panel/replace`, { interviewerId: unknown, withInterviewerId: unknown }],
    ] as const)('answers 404 to %s of what is not there', async (_name, method, path, payload) => {
      const as = _name === 'respond' ? stranger : admin
      const answer = await t.call({ method, url: url + path, as, ...(payload && { payload }) })
      expect(answer).toMatchObject(refusal(404, 'NOT_FOUND'))
    })

    it('refuses an interviewer to book, talent to delete and to reopen', async () => {
      const ada = await person('Ada')
      const { body: event } = await book([ada], '2026-01-05T09:00:00Z')
      const tried = [
        t.post(url, body([ada], '2026-01-06T09:00:00Z'), stranger),
        t.delete(`${url}/${event.id}`, talent),
        act(event.id, 'reopen'),
      ]
      for (const answer of await Promise.all(tried)) expect(answer).toMatchObject(refusal(403, 'FORBIDDEN'))
    })

    it.each([
      ['an end before its start', { durationMinutes: undefined, endsAt: '2026-03-02T08:00:00Z' }, '/endsAt'],
      ['an end and a length', { endsAt: '2026-03-02T10:00:00Z' }, '/endsAt'],
      ['neither end nor length', { durationMinutes: undefined }, '/endsAt'],
      ['four minutes', { durationMinutes: 4 }, '/durationMinutes'],
      ['more than a day', { durationMinutes: undefined, endsAt: '2026-03-03T09:00:01Z' }, '/endsAt'],
      ['a time without an offset', { startsAt: '2026-03-02T09:00:00' }, '/startsAt'],
      ['the thirtieth of February', { startsAt: '2026-02-30T09:00:00Z' }, '/startsAt'],
      ['an unknown time zone', { timezone: 'Europe/Atlantis' }, '/timezone'],
      ['an unknown type', { type: 'chat' }, '/type'],
      ['an empty panel', { panel: [] }, '/panel'],
      ['a blank title', { title: '  ' }, '/title'],
      ['a script for an address', { meetingUrl: 'javascript:alert(1)' }, '/meetingUrl'],
      ['an unknown field', { colour: 'red' }, '/colour'],
      ['a null title', { title: null }, '/title'],
    ])('refuses %s and names the field', async (_name, more, path) => {
      const ada = await person('Ada')
      expect(await book([ada], '2026-03-02T09:00:00Z', more)).toMatchObject(invalid(path))
    })

    it('refuses somebody unknown, somebody twice and shadows alone, by their seat', async () => {
      const ada = await person('Ada')
      const panels = [
        [[{ interviewerId: ada }, { interviewerId: unknown }], '/panel/1/interviewerId'],
        [[{ interviewerId: ada }, { interviewerId: ada }], '/panel/1/interviewerId'],
        [[{ interviewerId: ada, role: 'shadow' }], '/panel'],
      ] as const
      for (const [panel, path] of panels)
        expect(await book([], '2026-03-02T09:00:00Z', { panel })).toMatchObject(invalid(path))
      expect((await t.get(`/api/interviewers/${ada}/events`, talent)).body.pagination.total).toBe(0)
    })

    it('refuses somebody paused or inactive, and names them', async () => {
      const ada = await person('Ada Away', { status: 'paused' })
      const bob = await person('Bob')
      expect(await book([ada, bob], '2026-03-02T09:00:00Z')).toMatchObject(
        refusal(409, 'INTERVIEWER_INACTIVE', {
          message: 'Ada Away is paused',
          details: [{ interviewerId: ada, name: 'Ada Away' }],
        }),
      )
    })

    it('A45 refuses a change to a version that is gone, on every route that changes, and loses nothing', async () => {
      const ada = await person('Ada')
      const { body: event } = await book([ada], '2026-02-02T09:00:00Z')
      const rename = (title: string) => put(event.id, { title }, { 'if-match': '"1"' })
      expect(await rename('First')).toMatchObject({ status: 200, headers: { etag: '"2"' } })
      expect(await rename('Second')).toMatchObject(outdated(2))
      const stale = { 'if-match': '"1"' }
      const tried = [
        act(event.id, 'cancel', { reason: 'x' }, talent, stale),
        act(event.id, 'complete', undefined, talent, stale),
        act(event.id, 'no-show', { party: 'candidate' }, talent, stale),
        act(event.id, 'reopen', undefined, admin, stale),
        act(event.id, 'reschedule', move('2026-02-03T09:00:00Z'), talent, stale),
        act(event.id, 'panel/replace', { interviewerId: ada, withInterviewerId: unknown }, talent, stale),
        t.delete(`${url}/${event.id}`, admin, stale),
      ]
      for (const answer of await Promise.all(tried)) expect(answer.status).toBe(412)
      expect(await read(event.id)).toMatchObject({ title: 'First', version: 2, status: 'scheduled' })
    })
  })

  describe('events: booking', () => {
    it('books a panel across time zones and reads back what it answered, with its ETag and location', async () => {
      const ada = await person('Ada Lovelace')
      const bob = await person('Bob')
      const answer = await book([ada], '2026-03-02T10:00:00+01:00', {
        timezone: 'Europe/Berlin',
        candidateName: 'Grace Hopper',
        candidateEmail: 'Grace@Example.com',
        panel: [{ interviewerId: ada, role: 'lead' }, { interviewerId: bob }],
      })
      expect(answer).toMatchObject({ status: 201, headers: { etag: '"1"', location: `${url}/${answer.body.id}` } })
      expect(answer.body).toMatchObject({
        status: 'scheduled',
        startsAt: '2026-03-02T09:00:00.000Z',
        endsAt: '2026-03-02T10:00:00.000Z',
        organizerId: talent.id,
        sequence: 0,
        version: 1,
        panel: [
          { interviewerId: ada, name: 'Ada Lovelace', role: 'lead', response: 'needs_action', respondedAt: null },
          { interviewerId: bob, name: 'Bob', role: 'interviewer', response: 'needs_action', respondedAt: null },
        ],
      })
      expect(await read(answer.body.id)).toEqual(answer.body)
      expect(await claimsOf(answer.body.id)).toEqual(
        ['candidate:grace@example.com', `interviewer:${ada}`, `interviewer:${bob}`]
          .sort()
          .map(subject => ({ subject, starts_at: '2026-03-02T09:00:00.000Z', ends_at: '2026-03-02T10:00:00.000Z' })),
      )
    })

    it('names every conflicting person and the event that holds them', async () => {
      const [ada, bob, cyd] = [await person('Ada Lovelace'), await person('Bob'), await person('Cyd')]
      const { body: first } = await book([ada], '2026-04-01T09:00:00Z')
      const candidate = { candidateName: 'Grace Hopper', candidateEmail: 'grace1@example.com' }
      const { body: second } = await book([bob], '2026-04-01T09:30:00Z', candidate)
      const answer = await book([ada, bob, cyd], '2026-04-01T09:30:00Z', { candidateEmail: 'GRACE1@example.com' })
      expect(answer).toMatchObject(refusal(409, 'EVENT_OVERLAP'))
      expect(answer.body.message).toBe(
        'Ada Lovelace is already booked from 09:00 to 10:00 UTC; Bob is already booked from 09:30 to 10:30 UTC; ' +
          'Grace Hopper is already booked from 09:30 to 10:30 UTC',
      )
      const held = { startsAt: second.startsAt, endsAt: second.endsAt, eventId: second.id }
      expect(answer.body.details).toEqual([
        {
          subject: 'interviewer',
          interviewerId: ada,
          name: 'Ada Lovelace',
          eventId: first.id,
          startsAt: first.startsAt,
          endsAt: first.endsAt,
        },
        { subject: 'interviewer', interviewerId: bob, name: 'Bob', ...held },
        { subject: 'candidate', candidateEmail: 'GRACE1@example.com', name: 'Grace Hopper', ...held },
      ])
      expect((await book([cyd], '2026-04-01T09:30:00Z')).status).toBe(201)
    })

    it('A01 lets one of fifty simultaneous bookings of a slot win, and the others name it', async () => {
      const ada = await person('Ada')
      const answers = await Promise.all(Array.from({ length: 50 }, () => book([ada], '2026-04-02T09:00:00Z')))
      const won = answers.filter(({ status }) => status === 201)
      expect(won).toHaveLength(1)
      const lost = answers.filter(({ status }) => status === 409)
      expect(lost).toHaveLength(49)
      for (const { body } of lost)
        expect(body.details).toMatchObject([{ interviewerId: ada, eventId: won[0]?.body.id }])
    })

    it('A02 lets one of two kinds of interview win an overlapping time', async () => {
      const ada = await person('Ada')
      const answers = await Promise.all([
        book([ada], '2026-04-03T10:00:00Z', { type: 'technical' }),
        book([ada], '2026-04-03T10:30:00Z', { type: 'behavioral' }),
      ])
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    })

    it('A03 books one whole panel of two that share a person, and no part of the other', async () => {
      const people = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(name => person(name)))
      const [a, b, c, d, e] = people as [string, string, string, string, string]
      const answers = await Promise.all([
        book([a, b, c], '2026-04-04T10:00:00Z'),
        book([c, d, e], '2026-04-04T10:00:00Z'),
      ])
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
      const all = await claims()
      expect(all.filter(({ subject }) => people.some(id => subject === `interviewer:${id}`))).toHaveLength(3)
    })

    it('lets two interviews touch, and keeps the buffers of each interviewer free', async () => {
      const ada = await person('Ada')
      expect((await book([ada], '2026-04-05T09:00:00Z')).status).toBe(201)
      expect((await book([ada], '2026-04-05T10:00:00Z')).status).toBe(201)
      expect((await book([ada], '2026-04-05T08:00:00Z')).status).toBe(201)
      const bob = await person('Bob', { bufferBeforeMinutes: 10, bufferAfterMinutes: 15 })
      expect((await book([bob], '2026-04-05T09:00:00Z')).status).toBe(201)
      expect(await book([bob], '2026-04-05T10:24:00Z')).toMatchObject({
        status: 409,
        body: { message: 'Bob is already booked from 09:00 to 10:00 UTC, buffers counted' },
      })
      expect((await book([bob], '2026-04-05T10:25:00Z')).status).toBe(201)
    })

    it('A06 answers a repeated Idempotency-Key again, refuses another body, and frees the key of a refusal', async () => {
      const ada = await person('Ada')
      const headers = { 'idempotency-key': 'book-ada-1' }
      const send = (startsAt: string, key = headers) => t.post(url, body([ada], startsAt), talent, key)
      const first = await send('2026-04-06T09:00:00Z')
      const again = await send('2026-04-06T09:00:00Z')
      expect(again.body).toEqual(first.body)
      expect(again).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true', etag: '"1"' } })
      expect(first.headers).not.toHaveProperty('idempotency-replayed')
      expect(await send('2026-04-06T11:00:00Z')).toMatchObject(refusal(422, 'IDEMPOTENCY_KEY_REUSED'))
      const other = { 'idempotency-key': 'book-ada-2' }
      expect((await send('2026-04-06T09:30:00Z', other)).status).toBe(409)
      await act(first.body.id, 'cancel', { reason: 'makes room' })
      expect((await send('2026-04-06T09:30:00Z', other)).status).toBe(201)
      expect(await journal(first.body.id)).toHaveLength(2)
    })

    it('keeps one principal from being answered with the result of another', async () => {
      const ada = await person('Ada')
      const other = await t.signedIn('talent')
      const headers = { 'idempotency-key': 'shared' }
      const payload = body([ada], '2026-04-07T09:00:00Z')
      expect((await t.post(url, payload, talent, headers)).status).toBe(201)
      expect((await t.post(url, payload, other, headers)).status).toBe(409)
    })

    it('leaves no trace of a booking whose journal row cannot be written', async () => {
      const ada = await person('Ada')
      // The failure this fakes: the journal refuses the row (disk full, a broken trigger).
      await refuseInserts(t.db, 'audit_logs', `NEW.reason = 'refuse me'`)
      const answer = await book([ada], '2026-04-08T09:00:00Z', { override: { reason: 'refuse me' } })
      expect(answer).toMatchObject(refusal(500, 'INTERNAL'))
      await acceptInserts(t.db, 'audit_logs')
      expect((await t.get(`/api/interviewers/${ada}/events`, talent)).body.data).toEqual([])
      expect((await book([ada], '2026-04-08T09:00:00Z')).status).toBe(201)
    })

    it('never lets two claims of one person overlap, whatever is booked, moved, ended and reopened (property)', async () => {
      const people = await Promise.all(
        [0, 1, 2].map(n => person(`p${n}`, { bufferBeforeMinutes: n * 5, bufferAfterMinutes: n * 10 })),
      )
      const slot = fc.integer({ min: 0, max: 40 })
      const step = fc.oneof(
        fc.record({ do: fc.constant('book'), slot, who: fc.subarray([0, 1, 2], { minLength: 1 }) }),
        fc.record({
          do: fc.constantFrom('cancel', 'complete', 'reopen', 'reschedule', 'delete'),
          slot,
          which: fc.nat(20),
        }),
      )
      const at = (n: number) => new Date(Date.UTC(2027, 0, 4, 8) + n * 15 * 60_000).toISOString()
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async steps => {
          const ids: string[] = []
          for (const one of steps) {
            if ('who' in one) {
              const answer = await book(
                one.who.map(n => people[n] ?? ''),
                at(one.slot),
              )
              if (answer.status === 201) ids.push(answer.body.id)
              continue
            }
            const id = ids[one.which % Math.max(ids.length, 1)]
            if (id === undefined) continue
            if (one.do === 'cancel') await act(id, 'cancel', { reason: 'x' })
            else if (one.do === 'reschedule')
              await act(id, 'reschedule', { startsAt: at(one.slot), durationMinutes: 45, reason: 'x' })
            else if (one.do === 'delete') await t.delete(`${url}/${id}`, admin)
            else await act(id, one.do, undefined, admin)
          }
          const rows = await claims()
          for (const [index, claim] of rows.entries()) {
            const next = rows[index + 1]
            if (next?.subject === claim.subject) expect(next.starts_at >= claim.ends_at).toBe(true)
          }
          for (const { startsAt, before, claimedFrom } of await claimedTimes())
            expect(Date.parse(claimedFrom) + before * 60_000).toBe(Date.parse(startsAt))
          for (const id of ids) {
            const event = await t.get(`${url}/${id}`, talent)
            const expected = event.status === 404 || event.body.status === 'cancelled' ? 0 : event.body.panel.length
            expect(await claimsOf(id)).toHaveLength(expected)
            await t.delete(`${url}/${id}`, admin)
          }
        }),
        { numRuns: 15 },
      )
    })
  })

  describe('events: moving, ending, reopening', () => {
    it('A08 frees the time at once when an interview is cancelled or somebody is replaced', async () => {
      const [ada, bob] = [await person('Ada'), await person('Bob')]
      const { body: event } = await book([ada], '2026-05-01T09:00:00Z', { candidateEmail: 'c8@example.com' })
      expect((await act(event.id, 'cancel', { reason: 'Position filled' })).body).toMatchObject({
        status: 'cancelled',
        sequence: 1,
        version: 2,
        cancellation: { reason: 'Position filled', cancelledBy: talent.id },
      })
      const { status, body: again } = await book([ada], '2026-05-01T09:00:00Z', { candidateEmail: 'c8@example.com' })
      expect(status).toBe(201)
      const replaced = await act(again.id, 'panel/replace', { interviewerId: ada, withInterviewerId: bob })
      expect(replaced.body).toMatchObject({
        sequence: 1,
        panel: [{ interviewerId: bob, name: 'Bob', response: 'needs_action' }],
      })
      expect((await book([ada], '2026-05-01T09:00:00Z')).status).toBe(201)
    })

    it('A09 moves an interview over its own old time, and leaves everything as it was when refused', async () => {
      const [ada, bob] = [await person('Ada'), await person('Bob')]
      const { body: event } = await book([ada, bob], '2026-05-02T09:00:00Z')
      expect((await act(event.id, 'reschedule', move('2026-05-02T09:15:00Z', 'Late'))).body).toMatchObject({
        startsAt: '2026-05-02T09:15:00.000Z',
        endsAt: '2026-05-02T10:15:00.000Z',
        sequence: 1,
      })
      await book([bob], '2026-05-02T12:00:00Z')
      const before = [await read(event.id), await claimsOf(event.id)]
      const refused = await act(event.id, 'reschedule', move('2026-05-02T12:30:00Z', 'Later'))
      expect(refused).toMatchObject(refusal(409, 'EVENT_OVERLAP', { details: [{ interviewerId: bob }] }))
      expect([await read(event.id), await claimsOf(event.id)]).toEqual(before)
    })

    it('asks everybody anew when the time changes', async () => {
      const account = await t.signedIn('interviewer')
      const ada = await person('Ada', { userId: account.id })
      const { body: event } = await book([ada], '2026-05-03T09:00:00Z')
      const answered = await act(event.id, 'respond', { response: 'accepted', note: 'Gladly' }, account)
      expect(answered.body).toMatchObject({ version: 2, sequence: 0, panel: [{ response: 'accepted' }] })
      expect(answered.body.panel[0].respondedAt).toMatch(/Z$/)
      const moved = await act(event.id, 'reschedule', move('2026-05-04T09:00:00Z', 'Moved'))
      expect(moved.body.panel).toMatchObject([{ response: 'needs_action', respondedAt: null }])
    })

    it('keeps the time of what took place and of a no-show', async () => {
      const ada = await person('Ada')
      const { body: done } = await book([ada], '2026-05-05T09:00:00Z')
      const { body: missed } = await book([ada], '2026-05-05T11:00:00Z')
      expect((await act(done.id, 'complete')).body).toMatchObject({ status: 'completed', sequence: 1 })
      expect((await act(missed.id, 'no-show', { party: 'candidate' })).body).toMatchObject({ status: 'no_show' })
      expect((await book([ada], '2026-05-05T09:30:00Z')).status).toBe(409)
      expect((await book([ada], '2026-05-05T11:30:00Z')).status).toBe(409)
      const answer = await journal(missed.id)
      expect(answer).toMatchObject([{ action: 'create' }, { action: 'no_show', reason: 'The candidate did not come' }])
    })

    it('makes a reopened interview win its time again', async () => {
      const ada = await person('Ada')
      const { body: event } = await book([ada], '2026-05-06T09:00:00Z')
      await act(event.id, 'cancel', { reason: 'x' })
      const { body: other } = await book([ada], '2026-05-06T09:30:00Z')
      expect(await act(event.id, 'reopen', undefined, admin)).toMatchObject(refusal(409, 'EVENT_OVERLAP'))
      await act(other.id, 'cancel', { reason: 'y' })
      const reopened = await act(event.id, 'reopen', undefined, admin)
      expect(reopened).toMatchObject({ status: 200, body: { status: 'scheduled', cancellation: null, sequence: 2 } })
      expect(await claimsOf(event.id)).toHaveLength(1)
    })

    it('lets one of two simultaneous cancellations through, with one journal row', async () => {
      const ada = await person('Ada')
      const { body: event } = await book([ada], '2026-05-07T09:00:00Z')
      const answers = await Promise.all([
        act(event.id, 'cancel', { reason: 'x' }),
        act(event.id, 'cancel', { reason: 'x' }),
      ])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
      expect(answers.find(({ status }) => status === 409)?.body.code).toBe('INVALID_TRANSITION')
      expect(await journal(event.id)).toMatchObject([{ action: 'create' }, { action: 'cancel' }])
    })

    it.each([
      ['cancelled', 'cancel', { reason: 'x' }],
      ['completed', 'complete', undefined],
      ['no_show', 'no-show', { party: 'interviewer' }],
    ])('allows nothing but reopening once %s', async (_status, action, payload) => {
      const ada = await person('Ada')
      const other = await person('Other')
      const { body: event } = await book([ada], '2026-05-08T09:00:00Z')
      await act(event.id, action, payload)
      const tried = await Promise.all([
        act(event.id, 'cancel', { reason: 'x' }),
        act(event.id, 'complete'),
        act(event.id, 'no-show', { party: 'candidate' }),
        act(event.id, 'reschedule', move('2026-05-09T09:00:00Z')),
        act(event.id, 'panel/replace', { interviewerId: ada, withInterviewerId: other }),
        put(event.id, { panel: [{ interviewerId: other }] }),
      ])
      for (const answer of tried) expect(answer).toMatchObject(refusal(409, 'INVALID_TRANSITION'))
      expect((await act(event.id, 'reopen', undefined, admin)).status).toBe(200)
      expect(await act(event.id, 'reopen', undefined, admin)).toMatchObject({ status: 409 })
    })

    it('changes only the fields that are sent, and counts the sequence for place and panel alone', async () => {
      const [ada, bob] = [await person('Ada'), await person('Bob')]
      const { body: event } = await book([ada], '2026-05-10T09:00:00Z', { notes: 'Bring a pen' })
      const change = async (payload: object) => (await put(event.id, payload)).body
      const renamed = { notes: null, title: 'Renamed' }
      expect(await change(renamed)).toMatchObject({ ...renamed, sequence: 0, version: 2 })
      const room = { location: 'Room 4' }
      expect(await change(room)).toMatchObject({ ...room, title: 'Renamed', sequence: 1, version: 3 })
      const panel = [{ interviewerId: ada, role: 'lead' }, { interviewerId: bob }]
      const answer = await change({ panel })
      expect(answer).toMatchObject({ sequence: 2, version: 4, panel: [{ role: 'lead' }, { name: 'Bob' }] })
      expect(await change({ panel })).toMatchObject({ sequence: 2 })
      expect(await put(event.id, {})).toMatchObject(refusal(400, 'VALIDATION'))
    })

    it('books a changed panel and a changed candidate whole or not at all', async () => {
      const [ada, bob, cyd] = [await person('Ada'), await person('Bob'), await person('Cyd')]
      const { body: event } = await book([ada], '2026-05-11T09:00:00Z', { candidateEmail: 'x11@example.com' })
      await book([bob], '2026-05-11T09:30:00Z', { candidateEmail: 'y11@example.com' })
      const answer = await put(event.id, { panel: [cyd, bob].map(interviewerId => ({ interviewerId })) })
      expect(answer).toMatchObject({ status: 409, body: { details: [{ interviewerId: bob }] } })
      expect(await put(event.id, { candidateEmail: 'y11@example.com' })).toMatchObject(refusal(409, 'EVENT_OVERLAP'))
      const subjects = async () => (await claimsOf(event.id)).map(({ subject }) => subject)
      expect(await subjects()).toEqual(['candidate:x11@example.com', `interviewer:${ada}`])
      const both = await put(event.id, { candidateEmail: 'z11@example.com', panel: [{ interviewerId: cyd }] })
      expect(both.status).toBe(200)
      expect(await subjects()).toEqual(['candidate:z11@example.com', `interviewer:${cyd}`])
    })

    it('deletes for an admin, frees the time, and keeps the history', async () => {
      const ada = await person('Ada')
      const { body: event } = await book([ada], '2026-05-12T09:00:00Z')
      expect((await t.delete(`${url}/${event.id}`, admin)).status).toBe(204)
      expect(await claimsOf(event.id)).toEqual([])
      const answer = await journal(event.id)
      expect(answer).toMatchObject([{ action: 'create' }, { action: 'delete', actorName: 'Anna Admin' }])
    })
  })

  describe('events: who sees and answers', () => {
    it('shows an interviewer the interviews they sit in, and no others', async () => {
      const account = await t.signedIn('interviewer')
      const [ada, bob] = [await person('Ada', { userId: account.id }), await person('Bob')]
      const { body: own } = await book([ada, bob], '2026-06-01T09:00:00Z')
      const { body: other } = await book([bob], '2026-06-01T11:00:00Z')
      const list = async (path: string) => (await t.get(path, account)).body
      expect((await list(url)).data).toMatchObject([{ id: own.id }])
      expect((await list(url)).pagination.total).toBe(1)
      expect((await list(`/api/interviewers/${bob}/events`)).data).toMatchObject([{ id: own.id }])
      expect((await t.get(`${url}/${own.id}`, account)).status).toBe(200)
      expect((await t.get(`${url}/${other.id}`, account)).status).toBe(404)
      expect((await act(other.id, 'respond', { response: 'accepted' }, account)).status).toBe(404)
      expect((await act(own.id, 'respond', { response: 'accepted' }, talent)).body.code).toBe('NOT_ON_PANEL')
      expect((await act(own.id, 'respond', { response: 'declined', note: 'Ill' }, account)).body.panel).toMatchObject([
        { interviewerId: ada, response: 'declined' },
        { interviewerId: bob, response: 'needs_action' },
      ])
      const answer = (await journal(own.id)).at(-1)
      expect(answer).toMatchObject({ action: 'respond', actorName: account.name, reason: 'Ill' })
    })

    it('shows the new name of somebody who was renamed, under a new version', async () => {
      const ada = await person('Ada Byron')
      const { body: event } = await book([ada], '2026-06-02T09:00:00Z')
      await t.put(`/api/interviewers/${ada}`, { name: 'Ada Lovelace' }, talent)
      expect(await t.get(`${url}/${event.id}`, talent, { 'if-none-match': '"1"' })).toMatchObject({
        status: 200,
        headers: { etag: '"2"' },
        body: { panel: [{ name: 'Ada Lovelace' }] },
      })
      const same = await t.get(`${url}/${event.id}`, talent, { 'if-none-match': '"2"' })
      expect(same).toMatchObject({ status: 304, body: '' })
    })

    it('A52 lists the future interviews of somebody who becomes inactive', async () => {
      const ada = await person('Ada')
      const { body: past } = await book([ada], '2020-06-03T09:00:00Z')
      const { body: future } = await book([ada], '2090-06-03T09:00:00Z')
      const answer = await t.put(`/api/interviewers/${ada}`, { status: 'inactive' }, talent)
      expect(answer).toMatchObject({
        status: 200,
        body: { status: 'inactive', warnings: [{ code: 'FUTURE_EVENT', eventId: future.id }] },
      })
      expect(answer.body.warnings).toHaveLength(1)
      const gone = await t.delete(`/api/interviewers/${ada}`, talent)
      expect(gone).toMatchObject(refusal(409, 'HAS_EVENTS', { details: [{ events: 2 }] }))
      expect((await act(future.id, 'reschedule', move('2090-07-03T09:00:00Z'))).body.code).toBe('INTERVIEWER_INACTIVE')
      expect((await read(past.id)).panel).toMatchObject([{ interviewerId: ada }])
    })

    it('filters by status, type, person, candidate, time, external id and words, with the right total', async () => {
      const [ada, bob] = [await person('Ada'), await person('Bob')]
      const tag = randomUUID()
      const { body: one } = await book([ada], '2026-07-01T09:00:00Z', {
        externalId: tag,
        candidateName: 'Zoë Quux',
        type: 'coding',
      })
      const { body: two } = await book([bob], '2026-07-02T09:00:00Z', {
        candidateEmail: 'cand@example.org',
        title: `Deep ${tag}`,
      })
      const ids = async (query: string) =>
        (await t.get(`${url}?${query}`, talent)).body.data.map(({ id }: { id: string }) => id)
      const email = (await t.get(`/api/interviewers/${bob}`, talent)).body.email
      expect(await ids(`externalId=${tag}`)).toEqual([one.id])
      expect(await ids(`q=${encodeURIComponent('zoë quux')}`)).toEqual([one.id])
      expect(await ids(`q=deep ${tag.slice(0, 8)}`)).toEqual([two.id])
      expect(await ids('q=%25_%5C%22')).toEqual([])
      expect(await ids(`interviewerId=${ada}&status=scheduled&type=coding`)).toEqual([one.id])
      expect(await ids(`interviewerId=${ada}&type=onsite`)).toEqual([])
      expect(await ids(`interviewerEmail=${email.toUpperCase()}`)).toEqual([two.id])
      expect(await ids('candidateEmail=CAND@example.org')).toEqual([two.id])
      const between = 'startsAfter=2026-07-01T11:00:00%2B02:00&startsBefore=2026-07-02T09:00:00Z'
      expect(await ids(between)).toEqual([one.id])
      expect((await t.get(`${url}?colour=red`, talent)).body.details).toMatchObject([{ path: '/colour' }])
    })

    it('A46 skips and repeats nothing while rows are inserted between the pages', async () => {
      const ada = await person('Ada')
      const made = new Set<string>()
      for (let day = 1; day <= 9; day += 1) made.add((await book([ada], `2026-08-0${day}T09:00:00Z`)).body.id)
      const seen: string[] = []
      let cursor = ''
      for (let turn = 0; turn < 20; turn += 1) {
        const page = await t.get(
          `${url}?interviewerId=${ada}&sort=-startsAt&limit=2${cursor && `&cursor=${cursor}`}`,
          talent,
        )
        seen.push(...page.body.data.map(({ id }: { id: string }) => id))
        await book([ada], `2026-08-${20 + turn}T09:00:00Z`)
        if (page.body.pagination.nextCursor === null) break
        cursor = page.body.pagination.nextCursor
      }
      expect(seen).toHaveLength(9)
      expect(new Set(seen)).toEqual(made)
    })
  })
})
