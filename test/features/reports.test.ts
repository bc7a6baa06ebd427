import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadChart } from '../../features/reports/chart.ts'
import type { Load, LoadReport } from '../../features/reports/schemas.ts'
import { invalid, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { run } from '../support/programs.ts'
import { withApiToken } from '../support/tokens.ts'

const url = '/api/reports/load'
const MARCH = 'from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z'
const WHOLE_OF_MARCH = { from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' }
const HOSTILE = [
  '<script>alert("1")</script>',
  `"Robert' & <!-- ]]> &amp; Sons`,
  '👩🏽‍🔬 '.repeat(20).trim(),
  '長'.repeat(120),
  'x'.repeat(120),
]

describe.each(drivers)('reports on $name', driver => {
  let t: TestApp
  let talent: SignedIn
  let interviewer: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    talent = await t.signedIn('talent')
    interviewer = await t.signedIn('interviewer')
  })
  afterAll(() => t.close())

  const report = (query = MARCH, as = talent): Promise<Answer> => t.get(`${url}?${query}`, as)
  const post = async (path: string, payload?: object, as = talent): Promise<string> => {
    const answer = await t.post(`/api/${path}`, payload, as)
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
    return answer.body.id
  }
  let made = 0
  const person = (name: string, more: object = {}) =>
    post('interviewers', { name, email: `person${++made}@example.com`, ...more })
  const book = (people: string[], startsAt: string, durationMinutes = 60) => {
    const panel = people.map(interviewerId => ({ interviewerId }))
    return post('events', { title: 'Interview', type: 'other', startsAt, durationMinutes, panel })
  }
  const retire = async (id: string, status: string) => t.put(`/api/interviewers/${id}`, { status }, talent)
  /** What the report has of one person. */
  const of = (answer: Answer, id: string): Load | undefined =>
    (answer.body as LoadReport).data.find(({ interviewerId }) => interviewerId === id)

  describe('reports: refusals', () => {
    it('refuses a stranger, and an interviewer', async () => {
      for (const query of ['', MARCH, `${MARCH}&format=svg`]) {
        expect(await t.get(`${url}?${query}`)).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } })
        expect(await report(query, interviewer)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } })
      }
    })

    it.each([
      ['no beginning', 'to=2026-04-01T00:00:00Z', '/from'],
      ['no end', 'from=2026-03-01T00:00:00Z', '/to'],
      ['a day in the place of an instant', 'from=2026-03-01&to=2026-04-01T00:00:00Z', '/from'],
      ['a time without an offset', 'from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00', '/to'],
      ['an end at its beginning', 'from=2026-03-01T00:00:00Z&to=2026-03-01T01:00:00%2B01:00', '/to'],
      ['an end before its beginning', 'from=2026-03-01T00:00:00Z&to=2026-02-01T00:00:00Z', '/to'],
      ['more than 400 days', 'from=2026-01-01T00:00:00Z&to=2027-02-05T00:00:00.001Z', '/to'],
      ['another format', `${MARCH}&format=png`, '/format'],
      ['an unknown parameter', `${MARCH}&interviewerId=x`, '/interviewerId'],
      ['a beginning twice', `${MARCH}&from=2026-03-01T00:00:00Z`, '/from'],
    ])('refuses %s and names the parameter', async (_name, query, path) => {
      expect(await report(query)).toMatchObject(invalid(path))
      expect(await report(`${query}&format=svg`)).toMatchObject(invalid(path))
    })

    it('takes 400 days to the millisecond, and an API token of its scope alone', async () => {
      expect((await report('from=2026-01-01T00:00:00Z&to=2027-02-05T00:00:00Z')).status).toBe(200)
      expect((await report(MARCH, await withApiToken(t, talent, 'reports:read'))).status).toBe(200)
      expect((await report(MARCH, await withApiToken(t, talent, 'events:read'))).status).toBe(403)
    })
  })

  it('draws a sentence when there is nothing', async () => {
    expect((await report()).body).toEqual({ ...WHOLE_OF_MARCH, interviews: 0, data: [] })
    const { body } = await report(`${MARCH}&format=svg`)
    expect((await drawn(body)).texts).toContain('There are no interviews in this time.')
  })

  describe('reports: the load', () => {
    let ada: string
    let bob: string
    let cyd: string

    /** Ada sits in four interviews, Bob in two and Cyd in one; two more were cancelled. */
    beforeAll(async () => {
      ada = await person('Ada', { userId: interviewer.id })
      bob = await person('Bob')
      cyd = await person('Cyd', { weight: 50 })
      await post(`events/${await book([ada, bob], '2026-03-02T09:00:00Z')}/complete`)
      await post(`events/${await book([ada], '2026-03-03T09:00:00Z', 45)}/no-show`, { party: 'interviewer' })
      await post(`events/${await book([ada, bob], '2026-03-04T23:30:00Z', 90)}/no-show`, { party: 'candidate' })
      const late = await book([ada, cyd], '2026-03-31T23:59:00Z')
      await post(`events/${late}/respond`, { response: 'declined' }, interviewer)
      const cancelled = await book([ada, bob, cyd], '2026-03-06T09:00:00Z')
      await post(`events/${cancelled}/respond`, { response: 'declined' }, interviewer)
      await post(`events/${cancelled}/cancel`, { reason: 'The position was filled' })
      const noShow = await book([bob], '2026-03-07T09:00:00Z')
      await post(`events/${noShow}/cancel`, { reason: 'The position was filled' })
    })

    it('counts seats, minutes, shares against targets, declines and no-shows, without what was cancelled', async () => {
      const none = { status: 'active', weight: 100, declines: 0, noShows: 0, candidateNoShows: 0 }
      const answer = await report()
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } })
      const [adas, bobs, cyds] = [
        { interviews: 4, minutes: 255, share: 0.5714, target: 0.4, declines: 1, noShows: 1, candidateNoShows: 1 },
        { interviews: 2, minutes: 150, share: 0.2857, target: 0.4, candidateNoShows: 1 },
        { interviews: 1, minutes: 60, share: 0.1429, target: 0.2, weight: 50 },
      ]
      const data = [
        { ...none, interviewerId: ada, name: 'Ada', ...adas },
        { ...none, interviewerId: bob, name: 'Bob', ...bobs },
        { ...none, interviewerId: cyd, name: 'Cyd', ...cyds },
      ]
      expect(answer.body).toEqual({ ...WHOLE_OF_MARCH, interviews: 7, data })
      expect((await report(`${MARCH}&format=json`)).body).toEqual(answer.body)
    })

    it('takes in what starts at its beginning, and leaves out what starts at its end', async () => {
      const only = 'from=2026-03-03T10:00:00%2B01:00&to=2026-03-04T23:30:00Z'
      const answer = await report(only)
      expect(answer.body).toMatchObject({ from: '2026-03-03T09:00:00.000Z', interviews: 1 })
      expect(of(answer, ada)).toMatchObject({ interviews: 1, minutes: 45, share: 1 })
      const both = await report('from=2026-03-03T09:00:00.000Z&to=2026-03-04T23:30:00.001Z')
      expect(both.body.interviews).toBe(3)
      const neither = await report('from=2026-03-03T09:00:00.001Z&to=2026-03-04T23:30:00Z')
      expect(neither.body.interviews).toBe(0)
      expect(of(neither, ada)).toMatchObject({ interviews: 0, minutes: 0, share: 0, target: 0.4 })
    })

    it('counts minutes across midnight, of a whole day, and of odd seconds together', async () => {
      const dan = await person('Dan')
      const eve = await person('Eve')
      const exact = async (id: string, startsAt: string, endsAt: string) =>
        post('events', { title: 'x', type: 'other', startsAt, endsAt, panel: [{ interviewerId: id }] })
      await exact(dan, '2026-05-01T09:00:00Z', '2026-05-02T09:00:00Z')
      await exact(dan, '2026-05-31T23:59:59.999Z', '2026-06-01T01:00:59.999Z')
      await exact(eve, '2026-05-01T09:00:00.250Z', '2026-05-01T09:05:20.500Z')
      await exact(eve, '2026-05-02T09:00:00Z', '2026-05-02T09:05:20Z')
      const answer = await report('from=2026-05-01T00:00:00Z&to=2026-06-01T00:00:00Z')
      expect(of(answer, dan)?.minutes).toBe(1440 + 61)
      expect(of(answer, eve)?.minutes).toBe(11)
      for (const id of [dan, eve]) await retire(id, 'inactive')
    })

    it('lists who cannot be booked any more where they sat, without a target, and nowhere else', async () => {
      const [fay, gus] = [await person('Fay'), await person('Gus')]
      await book([fay, gus, ada], '2026-07-01T09:00:00Z')
      await retire(fay, 'paused')
      await retire(gus, 'inactive')
      const july = await report('from=2026-07-01T00:00:00Z&to=2026-08-01T00:00:00Z')
      expect(july.body.data.map(({ name, target }: Load) => [name, target])).toEqual([
        ['Ada', 0.4],
        ['Fay', 0],
        ['Gus', 0],
        ['Bob', 0.4],
        ['Cyd', 0.2],
      ])
      expect(of(july, gus)).toMatchObject({ status: 'inactive', weight: 100, interviews: 1, share: 0.3333 })
      expect((await report()).body.data).toHaveLength(3)
    })

    it('draws the same: a bar and a mark each, the counts, and what went wrong in words', async () => {
      const answer = await report(`${MARCH}&format=svg`)
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'image/svg+xml; charset=utf-8' } })
      const { texts, titles, root } = await drawn(answer.body)
      expect(root).toMatchObject({ name: 'svg', role: 'img' })
      expect(texts).toEqual([
        'Interviews from 2026-03-01 00:00 to 2026-04-01 00:00 UTC',
        '7 seats on panels, taken by 3 people',
        'interviews',
        'what the weight asks for',
        ...['Ada', '4', '1 decline, 1 no-show', 'Bob', '2', '', 'Cyd', '1', ''],
      ])
      expect(titles[1]).toBe(
        'Ada: 4 interviews, 255 minutes, 57.1 % of all for a target of 40 %, 1 decline, 1 no-show, 1 candidate no-show',
      )
    })

    it('draws hostile names as they are', async () => {
      const people = []
      for (const name of HOSTILE) people.push(await person(name))
      await book(people, '2026-09-01T09:00:00Z')
      const { body } = await report('from=2026-09-01T00:00:00Z&to=2026-10-01T00:00:00Z&format=svg')
      const { titles, elements } = await drawn(body)
      for (const name of HOSTILE)
        expect(titles.filter(title => title.startsWith(`${name}: 1 interview,`))).toHaveLength(1)
      expect(elements).toEqual(['desc', 'g', 'rect', 'svg', 'text', 'title'])
    })
  })
})

describe('the chart', () => {
  const load = (name: string, more: Partial<Load> = {}): Load => ({
    ...{ interviewerId: unknown, name, status: 'active', weight: 100, interviews: 1, minutes: 60 },
    ...{ share: 0.1, target: 0.1, declines: 0, noShows: 0, candidateNoShows: 0 },
    ...more,
  })
  const reportOf = (...data: Load[]): LoadReport => ({
    ...WHOLE_OF_MARCH,
    interviews: data.reduce((sum, { interviews }) => sum + interviews, 0),
    data,
  })

  it('is XML whatever somebody wrote into the database by hand', async () => {
    const name = 'a\u0000b\u0008c\u001fd\ud800e\ufffff\u007fg\udc00'
    const { titles } = await drawn(loadChart(reportOf(load(name))))
    expect(titles[1]).toMatch(/^a�b�c�d�e�f\u007fg�: 1 interview,/)
  })

  it('shortens a long name between letters, never within one', async () => {
    const { texts } = await drawn(loadChart(reportOf(...HOSTILE.map(name => load(name)))))
    expect(texts).toEqual(
      expect.arrayContaining([`${'👩🏽‍🔬 '.repeat(9).trim()}…`, `${'長'.repeat(14)}…`, `${'x'.repeat(28)}…`]),
    )
  })

  it('draws 200 people and says how many more there are', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => load(`Person ${index}`))
    const { texts, titles } = await drawn(loadChart(reportOf(...many(213))))
    expect(titles).toHaveLength(201)
    expect(texts.at(-1)).toBe('and 13 more people')
    expect((await drawn(loadChart(reportOf(...many(201))))).texts.at(-1)).toBe('and 1 more person')
    expect((await drawn(loadChart(reportOf(...many(200))))).texts.at(-1)).toBe('')
  })

  it('keeps every bar and mark in its column, in whole pixels, whichever is the longest', async () => {
    const ada = load('Ada', { interviews: 7, target: 0.1 })
    const bob = load('Bob', { interviews: 3, target: 0.9 })
    const svg = loadChart(reportOf(ada, bob, load('Cyd', { interviews: 0, target: 0 })))
    const { rects } = await drawn(svg)
    for (const sides of rects) for (const side of sides) expect(side).toMatch(/^\d+$/)
    const right = rects.map(([x, , width]) => Number(x) + Number(width))
    expect(Math.max(...right.slice(1))).toBeLessThanOrEqual(248 + 404 + 2)
    expect(svg).not.toMatch(/NaN|undefined|Infinity|href|style=|<script|url\(/)
  })
})

interface Drawn {
  readonly root: { readonly name: string; readonly role: string }
  /** The names of all elements, each once. */
  readonly elements: readonly string[]
  readonly texts: readonly string[]
  readonly titles: readonly string[]
  /** x, y, width and height of each rectangle. */
  readonly rects: readonly (readonly string[])[]
}

/** Reads a picture with a strict parser that knows nothing of ours: that of Python, which building needs anyway. */
async function drawn(svg: string): Promise<Drawn> {
  const { end, stdout, stderr } = await run('python3', ['-c', READER], svg)
  expect([end, stderr], svg).toEqual([0, ''])
  return JSON.parse(stdout) as Drawn
}

const READER = `
import json, sys
from xml.dom.minidom import parseString
root = parseString(sys.stdin.buffer.read()).documentElement
told = lambda name: [''.join(part.data for part in one.childNodes) for one in root.getElementsByTagName(name)]
sides = lambda one: [one.getAttribute(name) for name in ('x', 'y', 'width', 'height')]
json.dump({
  'root': {'name': root.tagName, 'role': root.getAttribute('role')},
  'elements': sorted({root.tagName} | {one.tagName for one in root.getElementsByTagName('*')}),
  'texts': told('text'),
  'titles': told('title'),
  'rects': [sides(one) for one in root.getElementsByTagName('rect')],
}, sys.stdout)
`
