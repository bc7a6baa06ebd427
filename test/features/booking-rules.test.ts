import fc from 'fast-check'
import { DateTime } from 'luxon'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildApp } from '../../app.ts'
import { openDatabase } from '../../db/open.ts'
import { createLogger } from '../../plugins/logging.ts'
import { WEEKDAYS } from '../../domain/scheduling/availability.ts'
import { invalid, refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers, postgres } from '../support/databases.ts'

const ALL_DAY = WEEKDAYS.map(weekday => ({ weekday, start: '00:00', end: '24:00' }))
const override = { reason: 'The candidate leaves tomorrow' }

/** What a test says of the program, in few words. People are their own for each test: tests share a program. */
function house(t: TestApp, staff: SignedIn) {
  const call = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object, headers = {}, as = staff) =>
    t.call({ method, url: `/api${url}`, as, headers, ...(payload && { payload }) })
  const done = async (answer: Promise<Answer>, status = 200) => {
    const { status: told, body } = await answer
    expect({ status: told, body }).toMatchObject({ status })
    return body
  }
  let made = 0
  const planned = (panel: readonly string[] | undefined, startsAt: string, more: object = {}) => ({
    title: 'Interview',
    type: 'technical',
    startsAt,
    durationMinutes: 60,
    ...(panel && { panel: panel.map(interviewerId => ({ interviewerId })) }),
    ...more,
  })
  const book = (panel: readonly string[], startsAt: string, more: object = {}) =>
    call('POST', '/events', planned(panel, startsAt, more))
  return {
    call,
    planned,
    book,
    person: async (name: string, more: object = {}): Promise<string> => {
      const email = `person${++made}-${staff.id.slice(0, 8)}@example.com`
      return (await done(call('POST', '/interviewers', { name, email, ...more }), 201)).id
    },
    booked: (panel: readonly string[], startsAt: string, more: object = {}) => done(book(panel, startsAt, more), 201),
    seats: (seats: readonly object[], startsAt: string, more: object = {}, headers = {}) =>
      call('POST', '/events', planned(undefined, startsAt, { seats, ...more }), headers),
    change: (id: string, payload: object) => done(call('PUT', `/interviewers/${id}`, payload)),
    give: (id: string, payload: object) => done(call('PUT', `/interviewers/${id}/availability`, payload)),
    act: (id: string, action: string, payload?: object, headers = {}, as = staff) =>
      call('POST', `/events/${id}/${action}`, payload, headers, as),
    put: (id: string, payload: object, headers = {}) => call('PUT', `/events/${id}`, payload, headers),
    read: (id: string) => done(call('GET', `/events/${id}`)),
    journal: async (id: string) => (await done(call('GET', `/events/${id}/history?sort=id`))).data,
    search: (more: object) => done(call('POST', '/availability/search', { durationMinutes: 60, ...more })),
    startsOf: async (id: string, from: string, to: string): Promise<string[]> => {
      const { slots } = await done(call('GET', `/interviewers/${id}/slots?from=${from}&to=${to}&durationMinutes=60`))
      return slots.map(({ startsAt }: { startsAt: string }) => startsAt)
    },
    eventsOf: async (id: string) => (await done(call('GET', `/interviewers/${id}/events?limit=100`))).data,
    /** The event with its claims and its journal. */
    everything: async (id: string) => [
      await done(call('GET', `/events/${id}`)),
      await t.db.many('SELECT * FROM claims WHERE event_id = :id ORDER BY subject', { id }),
      (await done(call('GET', `/events/${id}/history`))).data,
    ],
  }
}

describe.each(drivers)('the rules of booking on $name', driver => {
  let t: TestApp
  let talent: SignedIn
  let admin: SignedIn
  let on: ReturnType<typeof house>

  beforeAll(async () => {
    t = await testApp({}, driver)
    talent = await t.signedIn('talent', 'Tess Talent')
    admin = await t.signedIn('admin')
    on = house(t, talent)
  })
  afterAll(() => t.close())

  const move = (startsAt: string, more: object = {}) => ({ startsAt, durationMinutes: 60, reason: 'x', ...more })
  const full = (of: string, more: object = {}) =>
    refusal(409, 'LOAD_LIMIT', { details: [{ interviewerId: of, ...more }] })

  describe('a limit of the day', () => {
    it.each([
      ['A22 Brisbane', 'Australia/Brisbane', '03T16:00:00+10:00', '03T00:30:00+10:00', '04T09:00:00+10:00'],
      ['Kiritimati', 'Pacific/Kiritimati', '03T09:00:00+14:00', '03T23:00:00+14:00', '04T00:00:00+14:00'],
      ['Los Angeles', 'America/Los_Angeles', '03T23:30:00-07:00', '03T08:00:00-07:00', '04T00:30:00-07:00'],
    ])('A21 is one of %s, wherever the candidate and the viewer are', async (_name, timezone, ...times) => {
      const [first = '', sameDay = '', nextDay = ''] = times.map(time => `2027-05-${time}`)
      const ada = await on.person('Ada', { timezone, maxPerDay: 1 })
      await on.give(ada, { weekly: ALL_DAY, timeOff: [{ from: '2027-07-01', to: '2027-07-31' }] })
      await on.booked([ada], first, { timezone: 'Asia/Tokyo' })
      const answer = await on.book([ada], sameDay, { timezone: 'Europe/Berlin' })
      expect(answer).toMatchObject(full(ada, { per: 'day', limit: 1, count: 1, date: '2027-05-03', name: 'Ada' }))
      const day = DateTime.fromISO(first, { setZone: true }).startOf('day').toUTC()
      const iso = (days: number) => day.plus({ days }).toISO()
      expect(await on.startsOf(ada, iso(0) ?? '', iso(1) ?? '')).toEqual([])
      expect((await on.startsOf(ada, iso(-1) ?? '', iso(0) ?? '')).length).toBeGreaterThan(40)
      expect((await on.startsOf(ada, iso(1) ?? '', iso(2) ?? '')).length).toBeGreaterThan(40)
      await on.booked([ada], nextDay)
    })

    it('tells who has how many, and names everybody who is full, in the order of the panel', async () => {
      const [bob, ada] = [await on.person('Bob', { maxPerDay: 1 }), await on.person('Ada', { maxPerDay: 2 })]
      const cyd = await on.person('Cyd', { maxPerDay: 3 })
      await on.booked([ada, bob, cyd], '2027-05-03T09:00:00Z')
      await on.booked([ada, cyd], '2027-05-03T10:00:00Z')
      const { status, body } = await on.book([ada, bob, cyd], '2027-05-03T11:00:00Z')
      expect([status, body.code]).toEqual([409, 'LOAD_LIMIT'])
      expect(body.message).toBe(
        'Ada has 2 interviews on 2027-05-03 and takes at most 2 a day; Bob has one interview on 2027-05-03 and takes ' +
          'at most 1 a day; to book anyway, send override with a reason',
      )
      expect(body.details).toEqual([
        { interviewerId: ada, name: 'Ada', per: 'day', limit: 2, count: 2, date: '2027-05-03' },
        { interviewerId: bob, name: 'Bob', per: 'day', limit: 1, count: 1, date: '2027-05-03' },
      ])
      expect(await on.eventsOf(cyd)).toHaveLength(2)
    })

    it.each([
      ['completed', 'complete', undefined, 409],
      ['no_show', 'no-show', { party: 'candidate' }, 409],
      ['cancelled', 'cancel', { reason: 'The post is filled' }, 201],
    ])('counts interviews of every kind, and one that is %s as it should', async (status, action, payload, answer) => {
      const ada = await on.person('Ada', { maxPerDay: 1 })
      const event = await on.booked([ada], '2027-05-03T09:00:00Z', { type: 'phone_screen' })
      expect(await on.book([ada], '2027-05-03T14:00:00Z', { type: 'onsite' })).toMatchObject(full(ada))
      expect((await on.act(event.id, action, payload)).body.status).toBe(status)
      expect((await on.book([ada], '2027-05-03T14:00:00Z', { type: 'behavioral' })).status).toBe(answer)
    })

    it('A23 gives way to an override, which is kept and journaled with its reason', async () => {
      const ada = await on.person('Ada', { maxPerDay: 1 })
      await on.booked([ada], '2027-05-03T09:00:00Z')
      const event = await on.booked([ada], '2027-05-03T14:00:00Z', { override })
      expect(event.override).toEqual(override)
      expect(await on.read(event.id)).toEqual(event)
      const entry = { action: 'create', actorName: 'Tess Talent', reason: override.reason }
      expect(await on.journal(event.id)).toMatchObject([{ ...entry, changes: { override: { to: override } } }])
      for (const nothing of [{}, { reason: '' }, true, null])
        expect((await on.book([ada], '2027-05-03T16:00:00Z', { override: nothing })).status).toBe(400)
    })

    it('A24 lets an interview move within its full day, and no other move into it', async () => {
      const ada = await on.person('Ada', { maxPerDay: 1 })
      const own = await on.booked([ada], '2027-05-03T09:00:00Z')
      expect(await on.act(own.id, 'reschedule', move('2027-05-03T15:00:00Z'))).toMatchObject({ status: 200 })
      const other = await on.booked([ada], '2027-05-04T09:00:00Z')
      const before = await on.everything(other.id)
      const into = '2027-05-03T11:00:00Z'
      expect(await on.act(other.id, 'reschedule', move(into))).toMatchObject(full(ada, { date: '2027-05-03' }))
      expect(await on.everything(other.id)).toEqual(before)
      const answer = await on.act(other.id, 'reschedule', move(into, { override }))
      expect(answer).toMatchObject({ status: 200, body: { override, startsAt: '2027-05-03T11:00:00.000Z' } })
      expect((await on.journal(other.id)).at(-1)).toMatchObject({ action: 'reschedule', reason: 'x' })
    })
  })

  describe('a limit of the week', () => {
    it('runs from Monday to Sunday where the interviewer is', async () => {
      const ada = await on.person('Ada', { maxPerWeek: 2, timezone: 'America/Los_Angeles' })
      await on.booked([ada], '2027-05-03T09:00:00-07:00')
      await on.booked([ada], '2027-05-09T23:30:00-07:00') // in UTC it is Monday
      const refused = await on.book([ada], '2027-05-05T09:00:00-07:00')
      expect(refused).toMatchObject(full(ada, { name: 'Ada', per: 'week', limit: 2, count: 2, date: '2027-05-03' }))
      expect(refused.body.message).toBe(
        'Ada has 2 interviews in the week of 2027-05-03 and takes at most 2 a week; to book anyway, send ' +
          'override with a reason',
      )
      await on.booked([ada], '2027-05-10T00:30:00-07:00')
      await on.booked([ada], '2027-05-02T23:00:00-07:00')
      expect(await on.startsOf(ada, '2027-05-03T07:00:00Z', '2027-05-10T07:00:00Z')).toEqual([])
      expect((await on.startsOf(ada, '2027-05-10T07:00:00Z', '2027-05-15T07:00:00Z')).length).toBeGreaterThan(60)
      await on.booked([ada], '2027-05-05T09:00:00-07:00', { override })
    })

    it('does not count the interview that is moved within it', async () => {
      const ada = await on.person('Ada', { maxPerWeek: 1 })
      const { id } = await on.booked([ada], '2027-05-03T09:00:00Z')
      expect((await on.act(id, 'reschedule', move('2027-05-07T09:00:00Z'))).status).toBe(200)
      const { id: next } = await on.booked([ada], '2027-05-10T09:00:00Z')
      expect(await on.act(next, 'reschedule', move('2027-05-06T09:00:00Z'))).toMatchObject(full(ada, { per: 'week' }))
    })
  })

  describe('who is asked', () => {
    it('is everybody when an ended interview is opened again, unless it was booked with an override', async () => {
      const ada = await on.person('Ada', { maxPerDay: 1 })
      const event = await on.booked([ada], '2027-05-03T09:00:00Z')
      await on.act(event.id, 'cancel', { reason: 'x' })
      const meanwhile = await on.booked([ada], '2027-05-03T14:00:00Z')
      const before = await on.everything(event.id)
      const reopen = (id: string) => on.act(id, 'reopen', undefined, {}, admin)
      expect(await reopen(event.id)).toMatchObject(full(ada))
      expect(await on.everything(event.id)).toEqual(before)
      const over = await on.booked([ada], '2027-05-03T16:00:00Z', { override })
      await on.act(over.id, 'complete')
      expect(await reopen(over.id)).toMatchObject({ status: 200, body: { status: 'scheduled', override } })
      for (const { id } of [meanwhile, over]) await on.act(id, 'cancel', { reason: 'x' })
      expect(await reopen(event.id)).toMatchObject({ status: 200, body: { status: 'scheduled' } })
    })

    it('is who comes in the place of another', async () => {
      const [ada, bob] = [await on.person('Ada'), await on.person('Bob', { maxPerDay: 1 })]
      await on.booked([bob], '2027-05-03T09:00:00Z')
      const event = await on.booked([ada], '2027-05-03T14:00:00Z')
      const before = await on.everything(event.id)
      const replacing = { interviewerId: ada, withInterviewerId: bob }
      expect(await on.act(event.id, 'panel/replace', replacing)).toMatchObject(full(bob))
      expect(await on.put(event.id, { panel: [{ interviewerId: bob }] })).toMatchObject(full(bob))
      expect(await on.everything(event.id)).toEqual(before)
      const replaced = await on.act(event.id, 'panel/replace', { ...replacing, override })
      expect(replaced).toMatchObject({ status: 200, body: { override, panel: [{ interviewerId: bob }] } })
      expect((await on.journal(event.id)).at(-1)).toMatchObject({ action: 'replace', reason: override.reason })
    })

    it('is who is new in a panel that is sent as a whole', async () => {
      const [ada, bob] = [await on.person('Ada'), await on.person('Bob', { maxPerDay: 1 })]
      await on.booked([bob], '2027-05-03T09:00:00Z')
      const event = await on.booked([ada], '2027-05-03T14:00:00Z')
      const panel = [{ interviewerId: ada }, { interviewerId: bob, role: 'lead' }]
      expect(await on.put(event.id, { panel })).toMatchObject(full(bob))
      const answer = await on.put(event.id, { panel, override })
      expect(answer).toMatchObject({ status: 200, body: { override, sequence: 1 } })
      expect((await on.journal(event.id)).at(-1)).toMatchObject({ action: 'update', reason: override.reason })
    })

    it('is nobody who sits there already, whatever became of them since', async () => {
      const [ada, bob, cyd] = [await on.person('Ada'), await on.person('Bob'), await on.person('Cyd')]
      await on.booked([ada], '2027-05-03T09:00:00Z')
      const event = await on.booked([ada, bob], '2027-05-03T14:00:00Z')
      await on.change(ada, { maxPerDay: 1, status: 'paused' })
      await on.give(ada, { weekly: [], timeOff: [{ from: '2027-05-01', to: '2027-05-31' }] })
      expect(await on.put(event.id, { title: 'Second interview' })).toMatchObject({ status: 200 })
      const panel = [{ interviewerId: cyd }, { interviewerId: ada, role: 'lead' }]
      const { status, body } = await on.put(event.id, { panel })
      expect([status, body.warnings]).toEqual([200, undefined])
      const replacing = { interviewerId: cyd, withInterviewerId: bob }
      expect(await on.act(event.id, 'panel/replace', replacing)).toMatchObject({ status: 200 })
      const moved = await on.act(event.id, 'reschedule', move('2027-05-03T15:00:00Z'))
      expect(moved.body.code).toBe('INTERVIEWER_INACTIVE')
    })
  })

  describe('time off', () => {
    const holiday = { from: '2027-08-02', to: '2027-08-13', reason: 'Holiday' }

    it('refuses with who is off and when, both days included, in their own zone', async () => {
      const [ada, bob] = [await on.person('Ada', { timezone: 'Asia/Tokyo' }), await on.person('Bob')]
      await on.give(ada, { timeOff: [holiday] })
      await on.give(bob, { timeOff: [{ from: '2027-08-02', to: '2027-08-02' }] })
      const { status, body } = await on.book([ada, bob], '2027-08-02T09:00:00Z')
      expect([status, body.code]).toEqual([409, 'TIME_OFF'])
      expect(body.message).toBe(
        'Ada is off from 2027-08-02 to 2027-08-13; Bob is off on 2027-08-02; to book anyway, send override with a reason',
      )
      expect(body.details).toEqual([
        { interviewerId: ada, name: 'Ada', ...holiday },
        { interviewerId: bob, name: 'Bob', from: '2027-08-02', to: '2027-08-02' },
      ])
      const ofAda = async (startsAt: string) => (await on.book([ada], startsAt)).status
      expect(await ofAda('2027-08-01T23:30:00+09:00')).toBe(409) // half of it is on the first day
      expect(await ofAda('2027-08-01T23:00:00+09:00')).toBe(201)
      expect(await ofAda('2027-08-13T23:00:00+09:00')).toBe(409)
      expect(await ofAda('2027-08-14T00:00:00+09:00')).toBe(201)
    })

    it('gives way to an override, and is told before a limit', async () => {
      const ada = await on.person('Ada', { maxPerDay: 1 })
      await on.booked([ada], '2027-08-02T09:00:00Z')
      await on.give(ada, { timeOff: [holiday] })
      expect(await on.book([ada], '2027-08-02T14:00:00Z')).toMatchObject(refusal(409, 'TIME_OFF'))
      const event = await on.booked([ada], '2027-08-02T14:00:00Z', { override })
      expect(event.override).toEqual(override)
      expect((await on.journal(event.id))[0].reason).toBe(override.reason)
      const next = move('2027-08-03T14:00:00Z')
      expect((await on.act(event.id, 'reschedule', next)).body.code).toBe('TIME_OFF')
      expect((await on.act(event.id, 'reschedule', { ...next, override })).status).toBe(200)
    })
  })

  describe('hours, pauses and changes of mind', () => {
    it('warns of interviews outside the hours, wherever one is given a time or somebody', async () => {
      const [ada, bob] = [await on.person('Ada', { timezone: 'Europe/Berlin' }), await on.person('Bob')]
      const event = await on.booked([ada], '2027-05-03T16:30:00Z')
      const late = (interviewerId: string, message: string) => [{ code: 'OUTSIDE_HOURS', interviewerId, message }]
      expect(event.warnings).toEqual(late(ada, '2027-05-03 18:30 to 19:30 (Europe/Berlin) is outside the hours of Ada'))
      expect(await on.read(event.id)).not.toHaveProperty('warnings')
      const moved = await on.act(event.id, 'reschedule', move('2027-05-08T10:00:00Z'))
      const onSaturday = late(ada, '2027-05-08 12:00 to 13:00 (Europe/Berlin) is outside the hours of Ada')
      expect(moved).toMatchObject({ status: 200, body: { warnings: onSaturday } })
      const replacing = { interviewerId: ada, withInterviewerId: bob }
      const ofBob = late(bob, '2027-05-08 10:00 to 11:00 (UTC) is outside the hours of Bob')
      expect((await on.act(event.id, 'panel/replace', replacing)).body.warnings).toEqual(ofBob)
      const panel = [{ interviewerId: ada }, { interviewerId: bob }]
      expect((await on.put(event.id, { panel })).body.warnings).toEqual(onSaturday)
      await on.act(event.id, 'cancel', { reason: 'x' })
      expect((await on.act(event.id, 'reopen', undefined, {}, admin)).body.warnings).toEqual([...onSaturday, ...ofBob])
      expect((await on.act(event.id, 'reschedule', move('2027-05-10T10:00:00Z'))).body).not.toHaveProperty('warnings')
    })

    it('says first that somebody is paused, and no override changes that', async () => {
      const ada = await on.person('Ada', { maxPerDay: 1 })
      await on.booked([ada], '2027-05-03T09:00:00Z')
      await on.give(ada, { weekly: [], timeOff: [{ from: '2027-05-03', to: '2027-05-03' }] })
      await on.change(ada, { status: 'paused' })
      for (const more of [{}, { override }])
        expect(await on.book([ada], '2027-05-03T09:30:00Z', more)).toMatchObject(
          refusal(409, 'INTERVIEWER_INACTIVE', { details: [{ interviewerId: ada, status: 'paused' }] }),
        )
    })

    it('leaves what is booked as it is when somebody gives other hours', async () => {
      const ada = await on.person('Ada')
      const event = await on.booked([ada], '2027-05-03T09:00:00Z')
      const before = await on.everything(event.id)
      await on.give(ada, { weekly: [], overrides: [{ date: '2027-05-03', windows: [] }] })
      await on.give(ada, { timeOff: [{ from: '2027-05-01', to: '2027-05-31' }] })
      await on.give(ada, { travel: [{ from: '2027-05-01', to: '2027-05-31', timezone: 'Asia/Tokyo' }] })
      expect(await on.everything(event.id)).toEqual(before)
    })
  })

  describe('seats', () => {
    const at = '2027-06-07T09:00:00Z'
    const panelOf = ({ body }: Answer) =>
      body.panel.map(({ interviewerId, role }: { interviewerId: string; role: string }) => [interviewerId, role])

    it('A10 A33 are taken by the fairest who are free, in their roles, and by the next when those were just taken', async () => {
      const people = [await on.person('Ada'), await on.person('Bob'), await on.person('Cyd')] as const
      const [ada, bob, cyd] = people
      await on.booked([ada], '2027-06-01T09:00:00Z')
      const seats = [{ interviewerIds: people }]
      const first = await on.seats(seats, at, { candidateEmail: 'grace21@example.com' })
      expect(first).toMatchObject({ status: 201, headers: { etag: '"1"', location: `/api/events/${first.body.id}` } })
      expect(first.body).not.toHaveProperty('seats')
      expect(first.body.panel).toMatchObject([
        { interviewerId: bob, name: 'Bob', role: 'interviewer', response: 'needs_action' },
      ])
      expect(await on.read(first.body.id)).toEqual(first.body)
      expect(await on.book([bob], at)).toMatchObject(refusal(409, 'EVENT_OVERLAP'))
      expect(panelOf(await on.seats(seats, at))).toEqual([[cyd, 'interviewer']])
      expect(panelOf(await on.seats([{ interviewerIds: people, role: 'lead' }], at))).toEqual([[ada, 'lead']])
      expect(await on.seats(seats, at)).toMatchObject(refusal(409, 'NO_PANEL_AVAILABLE'))
      const later = '2027-06-07T11:00:00Z'
      const mixed = [
        { interviewerIds: [bob], role: 'shadow' },
        { count: 2, interviewerIds: people },
      ]
      const whole = panelOf(await on.seats(mixed, later)) as [string, string][]
      expect(whole[0]).toEqual([bob, 'shadow'])
      expect(whole.slice(1).sort()).toEqual(
        [
          [ada, 'interviewer'],
          [cyd, 'interviewer'],
        ].sort(),
      )
    })

    it('find the panel that the search suggests', async () => {
      const people = [await on.person('Ada', { weight: 50 }), await on.person('Bob'), await on.person('Cyd')]
      await on.booked([people[1] ?? '', people[2] ?? ''], '2027-06-03T09:00:00Z')
      const seats = [{ role: 'lead', interviewerIds: people.slice(1) }, { interviewerIds: people }]
      const span = { from: at, to: '2027-06-07T10:00:00Z' }
      const { slots } = await on.search({ ...span, seats })
      const suggested = slots[0].panel.map(({ score: _, ...place }: { score: object }) => place)
      expect((await on.seats(seats, at)).body.panel).toMatchObject(suggested)
    })

    it('refuse with where the time of everybody goes who could take one', async () => {
      const [ada, bob, cyd, dot] = [
        await on.person('Ada'),
        await on.person('Bob', { timezone: 'America/New_York' }),
        await on.person('Cyd', { maxPerDay: 1 }),
        await on.person('Dot'),
      ]
      await on.booked([ada], '2027-06-07T09:30:00Z')
      await on.booked([cyd], '2027-06-07T14:00:00Z')
      await on.give(dot, { timeOff: [{ from: '2027-06-07', to: '2027-06-07' }] })
      const { status, body } = await on.seats([{ interviewerIds: [ada, bob, cyd, dot] }], at)
      expect([status, body.code]).toEqual([409, 'NO_PANEL_AVAILABLE'])
      expect(body.message).toBe(
        'No panel is free from 2027-06-07 09:00 to 10:00 UTC: Ada is in another interview; Bob does not give these hours; ' +
          'Cyd has a full day; Dot is off',
      )
      expect(body.details).toMatchObject([
        { interviewerId: ada, name: 'Ada', windowMinutes: 60, minutes: { claims: 30, free: 30 } },
        { interviewerId: bob, minutes: { hours: 60 }, relaxation: { rule: 'hours', slots: 1 } },
        { interviewerId: cyd, minutes: { dayLimit: 60 } },
        { interviewerId: dot, minutes: { timeOff: 60 } },
      ])
      for (const { windowMinutes, minutes } of body.details)
        expect(Object.values<number>(minutes).reduce((sum, part) => sum + part, 0)).toBe(windowMinutes)
      expect(await on.eventsOf(bob)).toEqual([])
      expect(await on.seats([{ skill: 'nobody has this' }], at)).toMatchObject({
        status: 409,
        body: { message: 'No panel is free from 2027-06-07 09:00 to 10:00 UTC: nobody matches the seats' },
      })
    })

    it('and a panel are not for one interview, nor is neither', async () => {
      const ada = await on.person('Ada')
      const seats = [{ interviewerIds: [ada] }]
      const bad = invalid('/panel')
      expect(await on.book([ada], at, { seats })).toMatchObject(bad)
      expect(await on.call('POST', '/events', on.planned(undefined, at))).toMatchObject(bad)
      const refused = [
        [[], '/seats'],
        [[{ role: 'shadow', interviewerIds: [ada] }], '/seats'],
        [[{ count: 20 }, { count: 1 }], '/seats'],
        [[{ interviewerIds: [ada], colour: 'red' }], '/seats/0/colour'],
      ] as const
      for (const [wrong, path] of refused)
        expect(await on.seats(wrong, at)).toMatchObject({ status: 400, body: { details: [{ path }] } })
      expect(await on.eventsOf(ada)).toEqual([])
    })

    it('answer a repeated Idempotency-Key with the same panel, and keep none of a refusal', async () => {
      const people = [await on.person('Ada'), await on.person('Bob')]
      const seats = [{ interviewerIds: people }]
      const headers = { 'idempotency-key': `seats-${people[0]}` }
      const first = await on.seats(seats, at, {}, headers)
      const again = await on.seats(seats, at, {}, headers)
      expect(again).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true' } })
      expect(again.body).toEqual(first.body)
      expect((await on.seats(seats, at)).body.panel[0].interviewerId).toBe(people[1])
      const other = { 'idempotency-key': `seats-${people[1]}` }
      expect((await on.seats(seats, at, {}, other)).status).toBe(409)
      await on.act(first.body.id, 'cancel', { reason: 'x' })
      expect((await on.seats(seats, at, {}, other)).status).toBe(201)
    })

    it('are found in spite of limits and days off with an override, which is kept', async () => {
      const [ada, bob] = [await on.person('Ada', { maxPerDay: 1 }), await on.person('Bob', { maxPerWeek: 1 })]
      const cyd = await on.person('Cyd')
      await on.booked([ada, bob], '2027-06-07T14:00:00Z')
      await on.give(cyd, { timeOff: [{ from: '2027-06-07', to: '2027-06-07' }] })
      const seats = [{ count: 3, interviewerIds: [ada, bob, cyd] }]
      expect(await on.seats(seats, at)).toMatchObject(refusal(409, 'NO_PANEL_AVAILABLE'))
      expect(await on.seats(seats, at, { override })).toMatchObject({ status: 201, body: { override } })
      expect((await on.seats(seats, at, { override })).body.code).toBe('NO_PANEL_AVAILABLE')
      expect((await on.seats(seats, '2027-06-07T20:00:00Z', { override })).body.code).toBe('NO_PANEL_AVAILABLE')
    })

    it('are not for a candidate who is busy, and book nobody then', async () => {
      const ada = await on.person('Ada')
      const candidate = { candidateEmail: 'grace22@example.com' }
      await on.booked([await on.person('Bob')], at, candidate)
      const refused = await on.seats([{ interviewerIds: [ada] }], at, candidate)
      expect(refused).toMatchObject(refusal(409, 'EVENT_OVERLAP', { details: [candidate] }))
      expect(await on.eventsOf(ada)).toEqual([])
    })
  })

  describe('replacements', () => {
    const at = '2027-07-05T09:00:00Z'

    it('are proposed in turn, without a change to anything: those who are free and do this type', async () => {
      // When nobody of another test gives hours.
      const saturday = '2027-07-10T12:00:00Z'
      const of = async (name: string, more: object = {}) => {
        const id = await on.person(name, more)
        await on.give(id, { weekly: ALL_DAY })
        return id
      }
      const [ada, bob] = [await of('Ada'), await of('Bob')]
      const [much, some, any, never] = [
        await of('Much', { interviewTypes: ['technical'] }),
        await of('Some', { interviewTypes: ['onsite', 'technical'] }),
        await of('Any'),
        await of('Never', { interviewTypes: ['behavioral'] }),
      ]
      const [busy, paused, off] = [await of('Busy'), await of('Paused', { status: 'paused' }), await of('Off')]
      for (const day of [1, 2]) await on.booked([much], `2027-07-0${day}T09:00:00Z`)
      await on.booked([some], '2027-07-01T11:00:00Z')
      await on.booked([busy], '2027-07-10T12:30:00Z')
      await on.give(off, { timeOff: [{ from: '2027-07-10', to: '2027-07-10' }] })
      const event = await on.booked([ada, bob], saturday)
      const before = await on.everything(event.id)
      const answer = await on.act(event.id, 'panel/replace', { interviewerId: ada })
      expect(answer).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: event })
      expect(answer.body.replacements).toMatchObject([
        { interviewerId: any, name: 'Any', role: 'interviewer', score: { interviews: 0, weight: 100 } },
        { interviewerId: some, name: 'Some', score: { interviews: 1 } },
        { interviewerId: much, name: 'Much', score: { interviews: 2, lastInterviewAt: '2027-07-02T09:00:00.000Z' } },
      ])
      expect(answer.body.replacements).toHaveLength(3)
      expect(await on.everything(event.id)).toEqual(before)
      for (const nobody of [never, busy, paused, off]) expect(JSON.stringify(answer.body)).not.toContain(nobody)
      await on.change(any, { status: 'paused' })
      expect((await on.act(event.id, 'panel/replace', { interviewerId: ada })).body.replacements).toHaveLength(2)
      for (const id of [ada, bob, much, some, never, busy, off]) await on.change(id, { status: 'paused' })
    })

    it('are not proposed for who does not sit there, for another version, or for an interview that has ended', async () => {
      const [ada, bob] = [await on.person('Ada'), await on.person('Bob')]
      const event = await on.booked([ada], at)
      const propose = (interviewerId: string, headers = {}) =>
        on.act(event.id, 'panel/replace', { interviewerId }, headers)
      for (const nobody of [bob, unknown])
        expect(await propose(nobody)).toMatchObject({ status: 400, body: { details: [{ path: '/interviewerId' }] } })
      expect((await propose(ada, { 'if-match': '"2"' })).status).toBe(412)
      expect((await propose(ada, { 'if-match': '"1"' })).status).toBe(200)
      expect((await on.act(unknown, 'panel/replace', { interviewerId: ada })).status).toBe(404)
      await on.act(event.id, 'cancel', { reason: 'x' })
      expect(await propose(ada)).toMatchObject(refusal(409, 'INVALID_TRANSITION'))
    })

    it('are shown to staff who decline, and to an interviewer who does not decide about them never', async () => {
      const account = await t.signedIn('interviewer')
      const [ada, tess] = [
        await on.person('Ada', { userId: account.id }),
        await on.person('Tess', { userId: talent.id }),
      ]
      const cyd = await on.person('Cyd')
      const event = await on.booked([ada, tess], at, { type: 'hiring_manager' })
      const respond = (as: SignedIn, response: string, headers = {}) =>
        on.act(event.id, 'respond', { response }, headers, as)
      const declined = await respond(account, 'declined')
      expect(declined).toMatchObject({ status: 200, body: { panel: [{ response: 'declined' }, {}] } })
      expect(declined.body).not.toHaveProperty('replacements')
      expect((await respond(talent, 'accepted')).body).not.toHaveProperty('replacements')
      expect((await respond(talent, 'declined', { 'if-match': '"1"' })).status).toBe(412)
      const { version } = await on.read(event.id)
      const answer = await respond(talent, 'declined', { 'if-match': `"${version}"` })
      expect(answer).toMatchObject({
        status: 200,
        body: { panel: [{ response: 'declined' }, { response: 'declined' }] },
      })
      expect(Array.isArray(answer.body.replacements)).toBe(true)
      expect(answer.body.replacements.length).toBeGreaterThan(0)
      for (const nobody of [ada, tess]) expect(JSON.stringify(answer.body.replacements)).not.toContain(nobody)
      const replacing = { interviewerId: tess, withInterviewerId: cyd }
      expect((await on.act(event.id, 'panel/replace', replacing, { 'if-match': `"${version}"` })).status).toBe(412)
      const [{ interviewerId: first }] = answer.body.replacements
      const replaced = await on.act(event.id, 'panel/replace', { ...replacing, withInterviewerId: first })
      expect(replaced).toMatchObject({
        status: 200,
        body: { panel: [{ interviewerId: ada }, { interviewerId: first }] },
      })
      expect(replaced.body).not.toHaveProperty('replacements')
    })
  })

  describe('what the search offers can be booked', () => {
    const RUNS = { numRuns: 4 }
    const SPAN = { from: '2027-09-06T00:00:00Z', to: '2027-09-08T00:00:00Z' }
    interface Rules {
      readonly timezone: string
      readonly bufferBeforeMinutes: number
      readonly bufferAfterMinutes: number
      readonly maxPerDay: number | null
      readonly maxPerWeek: number | null
    }
    const rules: fc.Arbitrary<Rules> = fc.record({
      timezone: fc.constantFrom('Europe/Berlin', 'America/New_York'),
      bufferBeforeMinutes: fc.constantFrom(0, 10),
      bufferAfterMinutes: fc.constantFrom(0, 15, 60),
      maxPerDay: fc.constantFrom(1, 2, 3, null),
      maxPerWeek: fc.constantFrom(2, 4, null),
    })
    const team = fc.record({
      people: fc.array(rules, { minLength: 5, maxLength: 5 }),
      length: fc.constantFrom(45, 60, 90),
    })

    /** Five people, of whom three can lead, and what is asked for: one who leads, and one more. */
    async function gather(people: readonly Rules[], length: number) {
      const ids: string[] = []
      for (const [index, each] of people.entries()) ids.push(await on.person(`Person ${index}`, { ...each }))
      const seats = [{ interviewerIds: ids }, { role: 'lead', interviewerIds: ids.slice(2) }]
      return { ids, seats, question: { ...SPAN, durationMinutes: length, stepMinutes: 15, seats, limit: 500 } }
    }

    /** Slowly and plainly, from what is booked: nobody at two things at once, nobody above a limit. */
    async function expectKept(ids: readonly string[], people: readonly Rules[]): Promise<void> {
      for (const [index, person] of people.entries()) {
        const events = (await on.eventsOf(ids[index] ?? '')) as { startsAt: string; endsAt: string }[]
        const times = events
          .map(({ startsAt, endsAt }) => ({ start: Date.parse(startsAt), end: Date.parse(endsAt) }))
          .sort((one, other) => one.start - other.start)
        const apart = (person.bufferBeforeMinutes + person.bufferAfterMinutes) * 60_000
        for (const [place, { start }] of times.entries())
          if (place > 0) expect(start - (times[place - 1]?.end ?? 0)).toBeGreaterThanOrEqual(apart)
        const days = new Map<string, number>()
        for (const { start } of times) {
          const local = DateTime.fromMillis(start, { zone: person.timezone })
          expect(local.hour).toBeGreaterThanOrEqual(9)
          days.set(local.toISODate() ?? '', (days.get(local.toISODate() ?? '') ?? 0) + 1)
        }
        if (person.maxPerDay !== null)
          for (const count of days.values()) expect(count).toBeLessThanOrEqual(person.maxPerDay)
        if (person.maxPerWeek !== null) expect(times.length).toBeLessThanOrEqual(person.maxPerWeek)
      }
    }

    it('slot by slot with the panel it suggests, until there is none', async () => {
      const property = fc.asyncProperty(team, async ({ people, length }) => {
        const { ids, question } = await gather(people, length)
        for (let booked = 0; ; booked += 1) {
          expect(booked).toBeLessThan(60)
          const [slot] = (await on.search(question)).slots
          if (!slot) break
          const [one, lead] = slot.panel
          expect([one.role, lead.role]).toEqual(['interviewer', 'lead'])
          expect([ids.includes(one.interviewerId), ids.slice(2).includes(lead.interviewerId)]).toEqual([true, true])
          const panel = slot.panel.map(({ score: _, ...place }: { score: object }) => place)
          const event = await on.booked([], slot.startsAt, { panel, durationMinutes: length })
          expect(event).toMatchObject({ endsAt: slot.endsAt })
          expect(event).not.toHaveProperty('warnings')
        }
        await expectKept(ids, people)
      })
      await fc.assert(property, RUNS)
    })

    it('slot by slot by its seats, and when there is none any more no time is left', async () => {
      const property = fc.asyncProperty(team, async ({ people, length }) => {
        const { ids, seats, question } = await gather(people, length)
        let last = ''
        for (let booked = 0; ; booked += 1) {
          expect(booked).toBeLessThan(60)
          const [slot] = (await on.search(question)).slots
          if (!slot) break
          last = slot.startsAt
          const { status, body } = await on.seats(seats, last, { durationMinutes: length })
          expect({ status, body }).toMatchObject({ status: 201, body: { startsAt: last } })
          expect(body).not.toHaveProperty('warnings')
          expect(body.panel).toMatchObject(slot.panel.map(({ score: _, ...place }: { score: object }) => place))
        }
        if (last) {
          const more = await on.seats(seats, last, { durationMinutes: length })
          expect(more).toMatchObject(refusal(409, 'NO_PANEL_AVAILABLE'))
        }
        await expectKept(ids, people)
      })
      await fc.assert(property, RUNS)
    })
  })

  describe('races', () => {
    const book = (_index: number, payload: object) => on.call('POST', '/events', payload)

    it('for the last place of a day are won by one of fifty, each at another time', () => expectOnePlace(on, book))

    it('for the seats of one time end with five people booked once each, and fifteen refusals', () =>
      expectEachOnce(on, book))
  })
})

it('counts weeks from the day that WEEK_STARTS_ON says', async () => {
  const t = await testApp({ WEEK_STARTS_ON: 'sunday' })
  const on = house(t, await t.signedIn('talent'))
  const ada = await on.person('Ada', { maxPerWeek: 1 })
  await on.booked([ada], '2027-05-02T09:00:00Z') // a Sunday
  const answer = await on.book([ada], '2027-05-08T09:00:00Z')
  expect(answer.body).toMatchObject({ code: 'LOAD_LIMIT', details: [{ per: 'week', date: '2027-05-02' }] })
  await on.booked([ada], '2027-05-09T09:00:00Z')
  await t.close()
})

/** Fifty at once for the one place that is left: one is booked and every other is told why not. */
async function expectOnePlace(on: ReturnType<typeof house>, book: (index: number, payload: object) => Promise<Answer>) {
  const ada = await on.person('Ada', { maxPerDay: 3 })
  for (const hour of [1, 2]) await on.booked([ada], `2027-10-04T0${hour}:00:00Z`)
  const attempts = Array.from({ length: 50 }, (_, index) => {
    const startsAt = new Date(Date.UTC(2027, 9, 4, 5, index * 15)).toISOString()
    return book(index, on.planned([ada], startsAt, { durationMinutes: 15 }))
  })
  const answers = await Promise.all(attempts)
  const told = answers.map(({ status, body }) => `${status} ${body.code ?? body.status}`).sort()
  expect(told).toEqual(['201 scheduled', ...Array.from({ length: 49 }, () => '409 LOAD_LIMIT')])
  for (const { body } of answers.filter(({ status }) => status === 409))
    expect(body.details).toEqual([
      { interviewerId: ada, name: 'Ada', per: 'day', limit: 3, count: 3, date: '2027-10-04' },
    ])
  expect(await on.eventsOf(ada)).toHaveLength(3)
}

/** Twenty at once for a pool of five: each of the five is booked once. */
async function expectEachOnce(on: ReturnType<typeof house>, book: (index: number, payload: object) => Promise<Answer>) {
  const ids: string[] = []
  for (const name of ['Ada', 'Bob', 'Cyd', 'Dot', 'Eve']) ids.push(await on.person(name))
  const payload = on.planned(undefined, '2027-10-05T09:00:00Z', { seats: [{ interviewerIds: ids }] })
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => book(index, payload)))
  const told = answers.map(({ status, body }) => `${status} ${body.code ?? body.status}`).sort()
  expect(told).toEqual([
    ...Array.from({ length: 5 }, () => '201 scheduled'),
    ...Array.from({ length: 15 }, () => '409 NO_PANEL_AVAILABLE'),
  ])
  const seated = answers.filter(({ status }) => status === 201).map(({ body }) => body.panel[0].interviewerId)
  expect(seated.sort()).toEqual([...ids].sort())
}

describe('races through two instances on one database', () => {
  it('end as they do through one', async () => {
    const t = await testApp({}, postgres)
    const talent = await t.signedIn('talent')
    const on = house(t, talent)
    const { database } = await openDatabase(t.config.DATABASE_URL)
    const logger = await createLogger(t.config, { write: (line: string) => void t.log.push(line) })
    const second = await buildApp({ config: t.config, database, logger })
    await second.ready()
    const book = async (index: number, payload: object): Promise<Answer> => {
      if (index % 2 === 0) return on.call('POST', '/events', payload)
      const answer = await second.inject({ method: 'POST', url: '/api/events', headers: talent.headers, payload })
      return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
    }
    await expectOnePlace(on, book)
    await expectEachOnce(on, book)
    await second.close()
    await database.close()
    await t.close()
  })
})
