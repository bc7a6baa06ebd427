import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WEEKDAYS } from '../../domain/scheduling/availability.ts'
import { invalid, refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

const url = '/api/availability/search'
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const ALL_DAY = WEEKDAYS.map(weekday => ({ weekday, start: '00:00', end: '24:00' }))
/** A Monday to Friday. */
const WEEK = { from: '2027-04-05T00:00:00Z', to: '2027-04-10T00:00:00Z' }
const DATES = ['2027-04-05', '2027-04-06', '2027-04-07', '2027-04-08', '2027-04-09']
const MONDAY = { from: '2027-04-05T00:00:00Z', to: '2027-04-06T00:00:00Z' }

describe.each(drivers)('panel search on $name', driver => {
  let t: TestApp
  let talent: SignedIn
  let account: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    talent = await t.signedIn('talent')
    account = await t.signedIn('interviewer')
  })
  afterAll(() => t.close())

  let made = 0
  /** People of their own for each test, who are asked for by their ids: tests share a program. */
  async function person(more: object = {}): Promise<string> {
    const payload = { name: `Person ${++made}`, email: `person${made}@example.com`, ...more }
    const { status, body } = await t.post('/api/interviewers', payload, talent)
    expect(status).toBe(201)
    return body.id
  }
  async function put(path: string, payload: object): Promise<void> {
    expect(await t.put(`/api${path}`, payload, talent)).toMatchObject({ status: 200 })
  }
  const change = (id: string, payload: object) => put(`/interviewers/${id}`, payload)
  const give = (id: string, payload: object) => put(`/interviewers/${id}/availability`, payload)
  const book = async (panel: readonly string[], startsAt: string, more: object = {}) => {
    const seated = panel.map(interviewerId => ({ interviewerId }))
    const payload = { title: 'Interview', type: 'technical', startsAt, durationMinutes: 60, panel: seated, ...more }
    const { status, body } = await t.post('/api/events', payload, talent)
    expect(status).toBe(201)
    return body
  }
  const query = (more: object) => ({ ...MONDAY, durationMinutes: 60, stepMinutes: 60, ...more })
  const search = (more: object, as = talent): Promise<Answer> => t.post(url, query(more), as)
  const slots = (id: string, more: object = {}, as = talent): Promise<Answer> =>
    t.call({ url: `/api/interviewers/${id}/slots`, query: parameters(query(more)), as })
  const starts = ({ status, body }: Answer): string[] => {
    expect(status).toBe(200)
    return body.slots.map(({ startsAt }: { startsAt: string }) => startsAt)
  }

  describe('refusals', () => {
    it('refuses a stranger', async () => {
      const asked = [
        await t.post(url, query({ seats: [{}] })),
        await t.call({ url: `/api/interviewers/${unknown}/slots`, query: parameters(query({})) }),
      ]
      for (const answer of asked) expect(answer).toMatchObject(refusal(401, 'UNAUTHORIZED'))
    })

    it('refuses an interviewer to search', async () => {
      expect(await search({ seats: [{}] }, account)).toMatchObject(refusal(403, 'FORBIDDEN'))
    })

    it('shows an interviewer their own slots, and hides those of others as if nobody were there', async () => {
      const own = await person({ userId: account.id })
      expect(starts(await slots(own, {}, account))).toHaveLength(8)
      const plain = ({ status, body }: Answer) => ({ status, body: { ...body, requestId: '' } })
      const never = plain(await slots(unknown, {}, account))
      expect(never).toMatchObject(refusal(404, 'NOT_FOUND'))
      expect(plain(await slots(await person(), {}, account))).toEqual(never)
      expect(plain(await slots(unknown))).toEqual(never)
    })

    it.each([
      ['an unknown field', { colour: 'red' }, '/colour'],
      ['a time without an offset', { from: '2027-04-05T00:00:00' }, '/from'],
      ['a span of more than 62 days', { to: '2027-06-06T00:00:01Z' }, '/to'],
      ['an end before the start', { to: '2027-04-04T23:59:00Z' }, '/to'],
      ['an empty span', { to: '2027-04-05T02:00:00+02:00' }, '/to'],
      ['four minutes', { durationMinutes: 4 }, '/durationMinutes'],
      ['more than a day', { durationMinutes: 1441 }, '/durationMinutes'],
      ['steps of seven minutes', { stepMinutes: 7 }, '/stepMinutes'],
      ['an unknown zone', { timezone: 'Europe/Atlantis' }, '/timezone'],
      ['no slots', { limit: 0 }, '/limit'],
      ['501 slots', { limit: 501 }, '/limit'],
    ])('refuses %s and names the field, of a panel and of one interviewer', async (_what, more, path) => {
      const refusal = invalid(path)
      expect(await search({ seats: [{}], ...more })).toMatchObject(refusal)
      expect(await slots(await person(), more)).toMatchObject(refusal)
    })

    it.each([
      ['no seats', [], '/seats'],
      ['a seat for nobody', [{ count: 0 }], '/seats/0/count'],
      ['21 seats of a kind', [{ count: 21 }], '/seats/0/count'],
      ['21 seats of two kinds', [{ count: 20 }, { count: 1, role: 'lead' }], '/seats'],
      ['shadows alone', [{ role: 'shadow' }, { role: 'shadow', skill: 'sql' }], '/seats'],
      ['an unknown role', [{ role: 'boss' }], '/seats/0/role'],
      ['an unknown type', [{}, { interviewType: 'chat' }], '/seats/1/interviewType'],
      ['an empty skill', [{ skill: '' }], '/seats/0/skill'],
      ['nobody of these', [{ interviewerIds: [] }], '/seats/0/interviewerIds'],
      ['an id that is none', [{ interviewerIds: ['ada'] }], '/seats/0/interviewerIds/0'],
      ['an unknown field of a seat', [{ colour: 'red' }], '/seats/0/colour'],
    ])('refuses %s and names the field', async (_what, seats, path) => {
      expect(await search({ seats })).toMatchObject(invalid(path))
    })

    it.each([
      ['a candidate without an address', { candidateEmail: 'Grace' }, '/candidateEmail'],
      ['a notice of less than nothing', { minNoticeMinutes: -1 }, '/minNoticeMinutes'],
      ['a notice of more than 62 days', { minNoticeMinutes: 62 * 1440 + 1 }, '/minNoticeMinutes'],
      ['a yes for true', { explain: 'yes' }, '/explain'],
    ])('refuses %s and names the field', async (_what, more, path) => {
      expect(await search({ seats: [{}], ...more })).toMatchObject(invalid(path))
    })

    it('lets an API token search that may read availability, and no other', async () => {
      const holder = async (owner: SignedIn, ...scopes: string[]): Promise<SignedIn> => {
        const payload = { name: 'Script', scopes }
        const { body } = await t.post('/api/tokens', payload, owner)
        return { ...owner, headers: { authorization: `Bearer ${body.secret}` } }
      }
      const seats = [{ interviewerIds: [await person()] }]
      const may = await holder(talent, 'availability:read')
      expect(starts(await search({ seats }, may))).toHaveLength(8)
      const others = [
        await holder(talent, 'availability:write', 'interviewers:read', 'events:write'),
        await holder(account, 'availability:read'),
      ]
      for (const other of others) expect((await search({ seats }, other)).status).toBe(403)
    })
  })

  describe('slots of one interviewer', () => {
    it('A11 keep to the hours of New York when summer time begins there', async () => {
      const ada = await person({ timezone: 'America/New_York' })
      const around = { from: '2027-03-12T00:00:00Z', to: '2027-03-16T00:00:00Z' }
      const { body } = await slots(ada, around)
      const hours = (date: string, first: number) =>
        Array.from({ length: 8 }, (_, hour) => `${date}T${first + hour}:00:00.000Z`)
      expect(starts(await slots(ada, around))).toEqual([...hours('2027-03-12', 14), ...hours('2027-03-15', 13)])
      expect(body.slots[0]).toEqual({
        startsAt: '2027-03-12T14:00:00.000Z',
        endsAt: '2027-03-12T15:00:00.000Z',
        localStart: '2027-03-12T09:00:00-05:00',
      })
      expect(body.slots[8].localStart).toBe('2027-03-15T09:00:00-04:00')
    })

    it('A12 give the 23 hours of the day summer time begins, and nothing in the hour that is skipped', async () => {
      const ada = await person({ timezone: 'America/New_York' })
      await give(ada, { weekly: ALL_DAY })
      const sunday = { from: '2027-03-14T05:00:00Z', to: '2027-03-15T04:00:00Z' }
      const whole = await slots(ada, sunday)
      expect(starts(whole)).toHaveLength(23)
      expect(whole.body.slots.map(({ localStart }: { localStart: string }) => localStart)).not.toContain(
        expect.stringContaining('T02:'),
      )
      await give(ada, { overrides: [{ date: '2027-03-14', windows: [{ start: '02:30', end: '03:00' }] }] })
      expect(starts(await slots(ada, { ...sunday, durationMinutes: 30, stepMinutes: 5 }))).toEqual([])
      await give(ada, { overrides: [{ date: '2027-03-14', windows: [{ start: '13:00', end: '18:00' }] }] })
      const answer = starts(await slots(ada, sunday))
      expect(answer).toEqual([17, 18, 19, 20, 21].map(hour => `2027-03-14T${hour}:00:00.000Z`))
    })

    it('start at multiples of the step past midnight in their own zone, or in the one that is asked for', async () => {
      const ada = await person({ timezone: 'Asia/Kolkata' })
      expect(starts(await slots(ada))[0]).toBe('2027-04-05T03:30:00.000Z')
      expect(starts(await slots(ada, { timezone: 'UTC' }))[0]).toBe('2027-04-05T04:00:00.000Z')
      expect(starts(await slots(ada, { timezone: 'Asia/Kathmandu' }))[0]).toBe('2027-04-05T04:15:00.000Z')
      const everyHalfHour = await slots(ada, { stepMinutes: 30 })
      expect(starts(everyHalfHour)).toHaveLength(15)
      expect(everyHalfHour.body).toEqual((await slots(ada, { stepMinutes: undefined })).body)
      expect(starts(await slots(ada, { stepMinutes: 30, timezone: 'America/New_York' }))).toEqual(starts(everyHalfHour))
      expect(starts(await slots(ada, { stepMinutes: 20 }))).toHaveLength(22)
    })

    it('A30 end with the day, at the last minute at which there is time', async () => {
      const ada = await person()
      await give(ada, { weekly: [{ weekday: 'monday', start: '21:30', end: '23:00' }] })
      const quarters = { stepMinutes: 15, durationMinutes: 60 }
      const answer = starts(await slots(ada, quarters))
      expect(answer).toEqual(['21:30', '21:45', '22:00'].map(time => `2027-04-05T${time}:00.000Z`))
      await give(ada, { weekly: ALL_DAY })
      const slotsOfDay = starts(await slots(ada, quarters))
      expect([slotsOfDay.length, slotsOfDay.at(-1)]).toEqual([93, '2027-04-05T23:00:00.000Z'])
    })

    it('are as many as are asked for, 200 unless told', async () => {
      const ada = await person()
      await give(ada, { weekly: ALL_DAY })
      const often = { ...WEEK, stepMinutes: 5 }
      expect(starts(await slots(ada, { ...often, limit: 1 }))).toHaveLength(1)
      expect(starts(await slots(ada, { ...often, limit: 500 }))).toHaveLength(500)
      expect(starts(await slots(ada, often))).toHaveLength(200)
    })

    it('are none of somebody who is paused or inactive', async () => {
      const ada = await person()
      expect(starts(await slots(ada))).toHaveLength(8)
      for (const status of ['paused', 'inactive']) {
        await change(ada, { status })
        expect(await slots(ada)).toMatchObject({ status: 200, body: { slots: [] } })
      }
    })

    it('A25 leave out what is booked, with the buffers of both interviews between them', async () => {
      const ada = await person({ bufferAfterMinutes: 15 })
      await give(ada, { weekly: ALL_DAY })
      await book([ada], '2027-04-05T12:00:00Z')
      await change(ada, { bufferBeforeMinutes: 10 })
      const between = { from: '2027-04-05T10:00:00Z', to: '2027-04-05T15:00:00Z', stepMinutes: 5 }
      const offered = starts(await slots(ada, between)).map(at => at.slice(11, 16))
      const around = offered.filter(at => at > '10:30' && at < '13:40')
      expect(around).toEqual(['10:35', '10:40', '10:45', '13:25', '13:30', '13:35'])
    })
  })

  describe('panels', () => {
    it('need every seat taken, by somebody who has all that it asks for', async () => {
      const [sql, both, technical] = [
        await person({ skills: ['SQL', 'Élan'] }),
        await person({ skills: ['Go', 'sql'], interviewTypes: ['technical', 'coding'] }),
        await person({ interviewTypes: ['technical'] }),
      ]
      const interviewerIds = [sql, both, technical]
      const seatsOf = async (...seats: object[]) => {
        const { status, body } = await search({ seats: seats.map(seat => ({ interviewerIds, ...seat })) })
        expect(status).toBe(200)
        return body.slots[0]?.seats as { role: string; available: string[] }[] | undefined
      }
      expect(await seatsOf({ skill: 'sQl' })).toEqual([{ role: 'interviewer', available: [sql, both], count: 2 }])
      expect(await seatsOf({ skill: 'ÉLAN' })).toMatchObject([{ available: [sql] }])
      expect(await seatsOf({ skill: 'sq' })).toBeUndefined()
      const told = await seatsOf({ interviewType: 'technical', role: 'lead' })
      expect(told).toEqual([{ role: 'lead', available: [both, technical], count: 2 }])
      expect(await seatsOf({ skill: 'sql', interviewType: 'technical' })).toMatchObject([{ available: [both] }])
      expect(await seatsOf({ skill: 'sql', interviewerIds: [sql, unknown] })).toMatchObject([{ available: [sql] }])
      expect(await seatsOf({ skill: 'élan' }, { skill: 'GO', role: 'shadow' })).toEqual([
        { role: 'interviewer', available: [sql], count: 1 },
        { role: 'shadow', available: [both], count: 1 },
      ])
      expect(await seatsOf({ skill: 'élan' }, { skill: 'rust' })).toBeUndefined()
    })

    it('seat a person once: A34 finds the one panel that exists, and none where people are too few', async () => {
      // Of the three the one who can do both is first in turn, and must not be spent on the first pool.
      const [both, one, other] = [await person(), await person(), await person()]
      const poolA = { count: 2, interviewerIds: [both, one, other] }
      const { body } = await search({ seats: [poolA, { interviewerIds: [both], role: 'lead' }] })
      expect(body.slots).toHaveLength(8)
      for (const { panel } of body.slots) {
        expect(panel).toMatchObject([
          { interviewerId: one, role: 'interviewer' },
          { interviewerId: other, role: 'interviewer' },
          { interviewerId: both, role: 'lead' },
        ])
      }
      const tooFew = [{ count: 2, interviewerIds: [both, one] }, { interviewerIds: [both] }]
      expect(starts(await search({ seats: tooFew }))).toEqual([])
      expect(starts(await search({ seats: [{ count: 4, interviewerIds: [both, one, other] }] }))).toEqual([])
    })

    it('meet when all of them are free, and the candidate too, by whatever case of their address', async () => {
      const [ada, bob, cyd] = [await person(), await person({ timezone: 'America/New_York' }), await person()]
      const seats = [{ interviewerIds: [ada] }, { interviewerIds: [bob] }]
      const hours = (...all: number[]) => all.map(hour => `2027-04-05T${hour}:00:00.000Z`)
      expect(starts(await search({ seats }))).toEqual(hours(13, 14, 15, 16))
      await book([ada], '2027-04-05T13:30:00Z')
      expect(starts(await search({ seats }))).toEqual(hours(15, 16))
      await book([cyd], '2027-04-05T15:45:00Z', { candidateEmail: 'Grace@Example.com', durationMinutes: 15 })
      expect(starts(await search({ seats, candidateEmail: 'grace@EXAMPLE.com' }))).toEqual(hours(16))
      expect(starts(await search({ seats, candidateEmail: 'other@example.com' }))).toEqual(hours(15, 16))
      await change(bob, { status: 'paused' })
      expect(starts(await search({ seats }))).toEqual([])
    })

    it('A28 keep to the notice that is asked for, to the second', async () => {
      const ada = await person()
      await give(ada, { weekly: ALL_DAY })
      // Soon, so that the tokens of this test still count.
      const next = Math.ceil((Date.now() + 1) / (5 * MINUTE)) * 5 * MINUTE
      const first = async (now: number, minNoticeMinutes?: number) => {
        vi.useFakeTimers({ toFake: ['Date'], now })
        try {
          const from = new Date(next - 2 * DAY).toISOString()
          const span = { from, to: new Date(next + 2 * DAY).toISOString(), stepMinutes: 5 }
          const [start = ''] = starts(await search({ ...span, minNoticeMinutes, seats: [{ interviewerIds: [ada] }] }))
          return (Date.parse(start) - next) / MINUTE
        } finally {
          vi.useRealTimers()
        }
      }
      expect(await first(next, 120)).toBe(120)
      expect(await first(next + 1_000, 120)).toBe(125)
      expect(await first(next + 30_000, 120)).toBe(125)
      expect(await first(next + 30_000, 0)).toBe(5)
      expect(await first(next + 30_000)).toBe(5)
    })

    it('can be looked for in the past, to record what took place, unless notice is asked for', async () => {
      const past = { from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z' }
      const ada = await person()
      const seats = [{ interviewerIds: [ada] }]
      expect(starts(await search({ ...past, seats }))).toHaveLength(8)
      expect(starts(await slots(ada, past))).toHaveLength(8)
      expect(starts(await search({ ...past, seats, minNoticeMinutes: 0 }))).toEqual([])
      await book([ada], '2026-03-02T09:00:00Z')
      expect(starts(await search({ ...past, seats }))).toHaveLength(7)
    })

    it('A29 are the same wherever the span begins', async () => {
      const seats = [{ interviewerIds: [await person({ timezone: 'Asia/Kolkata' })] }]
      const more = { seats, stepMinutes: 20, durationMinutes: 45, timezone: 'Europe/Berlin', limit: 500 }
      const all = starts(await search({ ...WEEK, ...more }))
      expect(all.length).toBeGreaterThan(100)
      for (const from of ['2027-04-05T04:07:13Z', '2027-04-06T23:59:59.999Z', '2027-04-07T10:20:00+05:30']) {
        const later = starts(await search({ ...WEEK, from, ...more }))
        expect(later).toEqual(all.filter(start => Date.parse(start) >= Date.parse(from)))
      }
    })

    it('are as many as are asked for, the earliest, 50 unless told', async () => {
      const ada = await person()
      await give(ada, { weekly: ALL_DAY })
      const asked = { ...WEEK, stepMinutes: 5, seats: [{ interviewerIds: [ada] }] }
      const most = starts(await search({ ...asked, limit: 500 }))
      expect(most).toHaveLength(500)
      expect(most).toEqual([...most].sort())
      expect(starts(await search(asked))).toEqual(most.slice(0, 50))
      expect(starts(await search({ ...asked, limit: 3 }))).toEqual(most.slice(0, 3))
      const toEnd = { ...asked, from: '2027-04-09T22:00:00Z', limit: 500 }
      expect(starts(await search(toEnd))).toHaveLength(13)
    })

    it('A31 suggest who is furthest below their share, and say every term of it', async () => {
      const [a, b, c] = [await person(), await person(), await person({ weight: 50 })]
      for (const [index, [id, count]] of Object.entries({ [a]: 4, [b]: 2, [c]: 1 }).entries()) {
        // Within the 28 days before; one earlier counts no more.
        const days = [4, ...Array.from({ length: count }, (_, day) => 10 + day)]
        for (const day of days) await book([id], `2027-03-${String(day).padStart(2, '0')}T${12 + index}:00:00Z`)
      }
      const interviewerIds = [a, b, c]
      expect((await search({ seats: [{ interviewerIds }], limit: 1 })).body.slots[0]).toMatchObject({
        seats: [{ role: 'interviewer', available: [b, c, a] }],
        panel: [{ interviewerId: b }],
      })
      const { body: all } = await search({ seats: [{ interviewerIds, count: 3 }], limit: 1 })
      const scoreOf = (id: string) =>
        all.slots[0].panel.find(({ interviewerId }: { interviewerId: string }) => interviewerId === id)?.score
      const score = (
        weight: number,
        target: number,
        interviews: number,
        shortfall: number,
        lastInterviewAt: string,
      ) => ({ calibration: 0, weight, target, interviews, shortfall, lastInterviewAt })
      expect(scoreOf(a)).toEqual(score(100, 2.8, 4, -1.2, '2027-03-13T12:00:00.000Z'))
      expect(scoreOf(b)).toEqual(score(100, 2.8, 2, 0.8, '2027-03-11T13:00:00.000Z'))
      expect(scoreOf(c)).toEqual(score(50, 1.4, 1, 0.4, '2027-03-10T14:00:00.000Z'))
    })

    it('of those who are equally far below it first suggest who waited longest, then the one who came first', async () => {
      const [a, b, c, d] = [await person(), await person(), await person(), await person()]
      await book([b], '2027-03-30T12:00:00Z')
      await book([a], '2027-03-31T12:00:00Z')
      const { body } = await search({ seats: [{ interviewerIds: [a, b, c, d] }], limit: 1 })
      expect(body.slots[0].seats[0].available).toEqual([c, d, b, a])
    })
  })

  describe('explain', () => {
    interface Told {
      readonly interviewerId: string
      readonly relaxation?: { readonly rule: string; readonly slots: number }
    }
    interface Case {
      readonly prepare: (id: string) => Promise<unknown>
      readonly relax: (id: string) => Promise<unknown>
      readonly search?: object
      readonly relaxedSearch?: object
    }
    const evenings = async (id: string, dates: readonly string[], hour = 20) => {
      for (const date of dates) await book([id], `${date}T${hour}:00:00Z`)
    }
    const cancelAll = async (id: string) => {
      const { body } = await t.get(`/api/interviewers/${id}/events`, talent)
      for (const { id: event } of body.data) {
        const payload = { reason: 'Makes room' }
        await t.post(`/api/events/${event}/cancel`, payload, talent)
      }
    }
    const soon = Math.ceil(Date.now() / DAY) * DAY + DAY
    const NEXT_DAYS = { from: new Date(soon).toISOString(), to: new Date(soon + 5 * DAY).toISOString() }
    const cases: Readonly<Record<string, Case>> = {
      hours: { prepare: async () => undefined, relax: id => give(id, { weekly: ALL_DAY }) },
      override: {
        prepare: async id =>
          give(id, {
            weekly: ALL_DAY,
            overrides: DATES.slice(1, 4).map(date => ({ date, windows: [{ start: '10:00', end: '11:30' }] })),
          }),
        relax: id => give(id, { overrides: [] }),
      },
      timeOff: {
        prepare: async id => give(id, { weekly: ALL_DAY, timeOff: [{ from: '2027-04-06', to: '2027-04-08' }] }),
        relax: id => give(id, { timeOff: [] }),
      },
      claims: {
        prepare: async id => {
          await give(id, { weekly: ALL_DAY })
          await evenings(id, DATES.slice(0, 2))
        },
        relax: cancelAll,
      },
      dayLimit: {
        prepare: async id => {
          await change(id, { maxPerDay: 1 })
          await evenings(id, DATES.slice(0, 3))
          await give(id, { weekly: [], overrides: officeHours() })
        },
        relax: id => change(id, { maxPerDay: null }),
      },
      weekLimit: {
        prepare: async id => {
          await change(id, { maxPerWeek: 2 })
          await evenings(id, DATES.slice(0, 2))
          await give(id, { weekly: [], overrides: officeHours() })
        },
        relax: id => change(id, { maxPerWeek: null }),
      },
      buffer: {
        prepare: async id => {
          await evenings(id, DATES.slice(0, 2), 17)
          await change(id, { bufferBeforeMinutes: 30, bufferAfterMinutes: 240 })
          await give(id, { weekly: [], overrides: officeHours() })
        },
        relax: id => change(id, { bufferBeforeMinutes: 0, bufferAfterMinutes: 0 }),
      },
      notice: {
        prepare: id => give(id, { weekly: ALL_DAY }),
        relax: async () => undefined,
        search: { ...NEXT_DAYS, minNoticeMinutes: 4 * 1440 },
        relaxedSearch: { minNoticeMinutes: 0 },
      },
    }
    function officeHours() {
      return DATES.map(date => ({ date, windows: [{ start: '09:00', end: '17:00' }] }))
    }
    const EXPLAINED = { ...WEEK, stepMinutes: 30, limit: 500, explain: true }
    const asked = (seats: object[], more: object = {}) => ({ ...EXPLAINED, seats, ...more })

    it.each(Object.entries(cases))(
      'says that %s would bring the most slots, and relaxing it brings exactly as many',
      async (rule, { prepare, relax, ...searches }) => {
        const people = [await person(), await person()]
        for (const id of people) await prepare(id)
        // Both are needed: neither alone brings a slot.
        const together = asked([{ count: 2, interviewerIds: people }], searches.search)
        const alone = asked([{ interviewerIds: people.slice(0, 1) }], searches.search)
        const before = { together: await search(together), alone: await search(alone) }
        expect(before.alone.body.relaxation).toMatchObject({ rule })
        expect(before.alone.body.explain).toMatchObject([{ relaxation: before.alone.body.relaxation }])
        expect(before.together.body.relaxation).toEqual(before.alone.body.relaxation)
        for (const { relaxation } of before.together.body.explain) expect(relaxation?.rule ?? rule).toBe(rule)
        const more: number = before.alone.body.relaxation.slots
        expect(more).toBeGreaterThan(0)
        for (const id of people) await relax(id)
        for (const [which, body] of [
          ['alone', alone],
          ['together', together],
        ] as const) {
          const after = starts(await search({ ...body, ...searches.relaxedSearch }))
          expect(after).toHaveLength(starts(before[which]).length + more)
        }
      },
    )

    /** One for each rule. */
    const team: string[] = []
    beforeAll(async () => {
      for (const { prepare } of Object.values(cases)) {
        const id = await person()
        await prepare(id)
        team.push(id)
      }
    })

    it('says of each in a team what relaxing theirs alone would bring, and it does', async () => {
      const of = (...rules: string[]) => rules.map(rule => team[Object.keys(cases).indexOf(rule)])
      const people = of('hours', 'override', 'timeOff', 'dayLimit', 'weekLimit', 'buffer')
      const leads = of('timeOff', 'dayLimit', 'weekLimit')
      const question = asked([
        { count: 2, interviewerIds: people },
        { role: 'lead', interviewerIds: leads },
      ])
      const before = await search(question)
      const kept = async (path: string, ...fields: string[]) => {
        const { body } = await t.get(`/api/interviewers/${path}`, talent)
        return Object.fromEntries(fields.map(field => [field, body[field]]))
      }
      let relaxed = 0
      for (const { interviewerId: id, relaxation } of before.body.explain as Told[]) {
        if (!relaxation) continue
        const own = await kept(id, 'maxPerDay', 'maxPerWeek', 'bufferBeforeMinutes', 'bufferAfterMinutes')
        const hours = await kept(`${id}/availability`, 'weekly', 'overrides', 'timeOff')
        await cases[relaxation.rule]?.relax(id)
        expect(starts(await search(question))).toHaveLength(starts(before).length + relaxation.slots)
        await change(id, own)
        await give(id, hours)
        relaxed += 1
      }
      expect(relaxed).toBeGreaterThanOrEqual(4)
      expect((await search(question)).body.explain).toEqual(before.body.explain)
    })

    it('accounts for every minute of the span, of everybody who could take a seat', async () => {
      const { body } = await search(asked([{ interviewerIds: team }]))
      const name = (id: string) => t.get(`/api/interviewers/${id}`, talent).then(({ body }) => body.name)
      expect(body.explain).toHaveLength(team.length)
      for (const [index, { interviewerId, name: told, windowMinutes, minutes }] of body.explain.entries()) {
        expect([interviewerId, told]).toEqual([team[index], await name(interviewerId)])
        expect(Object.keys(minutes).sort()).toEqual([...Object.keys(cases), 'imported', 'free'].sort())
        expect(windowMinutes).toBe(5 * 1440)
        expect(Object.values<number>(minutes).reduce((sum, part) => sum + part, 0)).toBe(windowMinutes)
        expect(Object.values<number>(minutes).every(part => part >= 0)).toBe(true)
      }
      const minutesOf = (rule: string) => body.explain[Object.keys(cases).indexOf(rule)].minutes
      expect(minutesOf('hours')).toMatchObject({ hours: 5 * 16 * 60, free: 5 * 8 * 60 })
      expect(minutesOf('override')).toMatchObject({ hours: 0, override: 3 * 1350, free: 2 * 1440 + 3 * 90 })
      expect(minutesOf('timeOff')).toMatchObject({ timeOff: 3 * 1440, free: 2 * 1440 })
      expect(minutesOf('claims')).toMatchObject({ claims: 2 * 60, free: 5 * 1440 - 2 * 60 })
      expect(minutesOf('dayLimit')).toMatchObject({ claims: 0, dayLimit: 3 * 480, free: 2 * 480 })
      expect(minutesOf('weekLimit')).toMatchObject({ dayLimit: 0, weekLimit: 5 * 480, free: 0 })
      expect(minutesOf('buffer')).toMatchObject({ claims: 0, buffer: 2 * 240, free: 5 * 480 - 2 * 240 })
    })

    it('tells nothing that was not asked for, and names no relaxation where none would help', async () => {
      const ada = await person()
      expect((await search({ seats: [{ interviewerIds: [ada] }] })).body).not.toHaveProperty('explain')
      await give(ada, { weekly: ALL_DAY })
      const { body } = await search({ seats: [{ interviewerIds: [ada] }], explain: true })
      expect(body).not.toHaveProperty('relaxation')
      expect(body.explain[0]).not.toHaveProperty('relaxation')
      const nobody = await search({ seats: [{ interviewerIds: [unknown] }], explain: true })
      expect(nobody.body).toEqual({ slots: [], explain: [] })
    })
  })
})

function parameters(query: object): Record<string, string> {
  const given = Object.entries<unknown>({ ...query }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]))
}
