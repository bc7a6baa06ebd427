import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { KeptCalendars, type Interviews } from '../../../domain/panels/memory.ts'
import { testApp, type SignedIn, type TestApp } from '../../support/app.ts'
import { addEvent, addInterviewer } from '../../support/cache.ts'
import { drivers } from '../../support/databases.ts'

const DAY = 86_400_000
const [JUNE, JULY] = [Date.UTC(2031, 5, 1), Date.UTC(2031, 6, 1)]

describe.each(drivers)('what is remembered of calendars on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let id: string
  let memory: KeptCalendars

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
    id = await addInterviewer(t, admin)
    memory = new KeptCalendars(t.app)
  })
  afterAll(() => t.close())

  /** Who was read when these were asked for; each is given a different answer every time. */
  let answers = 0
  async function readOf(subjects: readonly string[], start = JUNE): Promise<string[]> {
    t.app.changes.refresh() // as every request does
    const read: string[] = []
    const span = { start, end: start + 5 * DAY }
    const found = await memory.interviews(subjects, span, async unknown => {
      read.push(...unknown)
      return new Map(unknown.map(subject => [subject, [interview((answers += 1))]])) satisfies Interviews
    })
    expect([...found.keys()].sort()).toEqual([...subjects].sort())
    return read
  }
  const interview = (startsAt: number) => ({ eventId: '', startsAt, claim: { start: startsAt, end: startsAt + 1 } })

  it('is not read again, for those and for those days that are known', async () => {
    expect(await readOf(['a', 'b'])).toEqual(['a', 'b'])
    expect(await readOf(['a', 'b'])).toEqual([])
    expect(await readOf(['b', 'c'])).toEqual(['c'])
    expect(await readOf(['a', 'c'], JULY)).toEqual(['a', 'c'])
    expect(await readOf(['a', 'b', 'c'])).toEqual([])
  })

  it('is given as it was read', async () => {
    const span = { start: JUNE, end: JULY }
    const read = async () => new Map([['d', [interview(7)]]])
    const first = await memory.interviews(['d', 'e'], span, read)
    expect([...first]).toEqual([
      ['d', [interview(7)]],
      ['e', []],
    ])
    expect(await memory.interviews(['d', 'e'], span, () => Promise.reject(new Error('read')))).toEqual(first)
  })

  it('is read anew once anybody has booked, moved or cancelled', async () => {
    const event = await addEvent(t, admin, id)
    const change = async (path: string, payload: object) => {
      const { status } = await t.post(`/api/events/${event}${path}`, payload, admin)
      expect(status).toBe(200)
    }
    const override = { reason: 'Nobody works at night' }
    const changes = [
      () => addEvent(t, admin, id),
      () =>
        change('/reschedule', {
          startsAt: '2031-03-03T09:00:00Z',
          durationMinutes: 60,
          reason: 'The candidate asked',
          override,
        }),
      () => change('/cancel', { reason: 'The position is filled' }),
      () => t.db.run(`DELETE FROM claims WHERE event_id = :event`, { event }),
    ]
    await readOf(['a'])
    const read: string[][] = []
    for (const make of changes) {
      await make()
      read.push(await readOf(['a']))
      expect(await readOf(['a'])).toEqual([])
    }
    expect(read).toEqual([['a'], ['a'], ['a'], []]) // a cancelled one takes no time: the last had nothing to delete
  })

  it('is kept of people until somebody comes, changes or gives other hours', async () => {
    const people = async () => {
      t.app.changes.refresh()
      let read = false
      await memory.people(async () => {
        read = true
        return []
      })
      return read
    }
    const put = (path: string, payload: object) => t.put(`/api/interviewers/${id}${path}`, payload, admin)
    expect([await people(), await people()]).toEqual([true, false])
    const newcomer = await addInterviewer(t, admin)
    expect([await people(), await people()]).toEqual([true, false])
    await put('', { status: 'paused' })
    expect([await people(), await people()]).toEqual([true, false])
    await put('/availability', { weekly: [] })
    expect([await people(), await people()]).toEqual([true, false])
    expect(await addEvent(t, admin, newcomer)).toEqual(expect.any(String))
    expect(await people()).toBe(false)
  })

  it('answers a search without reading a claim, but for where nothing is to be kept', async () => {
    const bare = await testApp({ CACHE_MAX_BYTES: '0' }, driver)
    const guest = await bare.signedIn('admin')
    await addInterviewer(bare, guest)
    expect([await claimsRead(t, admin), await claimsRead(t, admin)]).toEqual([1, 0])
    expect([await claimsRead(bare, guest), await claimsRead(bare, guest)]).toEqual([1, 1])
    await bare.close()
  })

  /** How many statements read claims for a search. */
  async function claimsRead({ db, call }: TestApp, as: SignedIn): Promise<number> {
    const many = vi.spyOn(db, 'many')
    const payload = { from: '2031-08-04T00:00:00Z', to: '2031-08-06T00:00:00Z', durationMinutes: 60, seats: [{}] }
    const { status } = await call({ method: 'POST', url: '/api/availability/search', as, payload })
    expect(status).toBe(200)
    const read = many.mock.calls.filter(([sql]) => sql.includes('FROM claims')).length
    many.mockRestore()
    return read
  }

  it('is not what a booking by seats goes by: within its transaction nothing is remembered', async () => {
    const seats = [{ role: 'interviewer', interviewerIds: [await addInterviewer(t, admin)] }]
    const time = { startsAt: '2031-06-02T10:00:00Z', durationMinutes: 60 }
    const search = { from: '2031-06-02T00:00:00Z', to: '2031-06-03T00:00:00Z', durationMinutes: 60, seats }
    const find = () => t.post('/api/availability/search', search, admin)
    const starts = async () => (await find()).body.slots.map(({ startsAt }: { startsAt: string }) => startsAt)
    const book = () => t.post('/api/events', { title: 'One', type: 'technical', ...time, seats }, admin)
    expect(await starts()).toContain('2031-06-02T10:00:00.000Z')
    const [one, other] = await Promise.all([book(), book()])
    expect([one.status, other.status].sort()).toEqual([201, 409])
    expect(await starts()).not.toContain('2031-06-02T10:00:00.000Z')
  })
})
