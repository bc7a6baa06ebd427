// Something of everything that cached routes answer, the addresses to ask for it, and what changes it.
import { randomUUID } from 'node:crypto'
import type { SignedIn, TestApp } from '../../support/app.ts'
import { addEvent, addInterviewer, addRefreshToken } from '../../support/cache.ts'
import { withApiToken } from '../../support/tokens.ts'

const KINDS = {
  experience: { company: 'Analytical Engines', role: 'Engineer' },
  education: { institution: 'University of London' },
  skills: { name: 'SQL' },
  projects: { name: 'Bernoulli' },
} as const
type Kind = keyof typeof KINDS
const KIND_NAMES = Object.keys(KINDS) as Kind[]
/** Of each thing, so few that the same is often asked for; what was removed is still asked for a while. */
const KEPT = 6

export interface House {
  readonly t: TestApp
  readonly admin: SignedIn
  readonly talent: SignedIn
  /** Two who interview, each with an account of their own and other events. */
  readonly readers: readonly SignedIn[]
  /** Admin, talent and the two, by their sessions. */
  readonly people: readonly SignedIn[]
  /** The same four, by API tokens. */
  readonly scripts: readonly SignedIn[]
  /** Whose sessions are refreshed, ended and begun again. */
  readonly guests: readonly SignedIn[]
  readonly interviewers: string[]
  readonly events: string[]
  readonly users: string[]
  readonly emails: string[]
  readonly entries: Readonly<Record<Kind, string[]>>
  /** Of the four, never used. */
  readonly refreshTokens: readonly string[]
  /** Of the guests: used, and used again. */
  readonly guestTokens: string[]
}

export async function furnished(t: TestApp): Promise<House> {
  const [admin, talent] = [await t.signedIn('admin'), await t.signedIn('talent')]
  const readers = [await t.signedIn('interviewer'), await t.signedIn('interviewer')]
  const people = [admin, talent, ...readers]
  const guests = [await t.signedIn('interviewer'), await t.signedIn('talent')]
  const scripts: SignedIn[] = []
  for (const person of people) scripts.push(await withApiToken(t, person))
  const tokensOf = (users: readonly SignedIn[]) => Promise.all(users.map(user => addRefreshToken(t.db, user)))
  const house = {
    ...{ t, admin, talent, readers, people, scripts, guests },
    interviewers: [],
    events: [],
    users: people.map(({ id }) => id),
    emails: people.map(({ email }) => email),
    entries: { experience: [], education: [], skills: [], projects: [] },
    refreshTokens: await tokensOf(people),
    guestTokens: await tokensOf(guests),
  }
  await restock(house)
  return house
}

/** Puts back what has gone of the first of everything: the two interviewers, what they sit in and what they show. */
export async function restock(house: House): Promise<void> {
  const { t, admin, talent, readers, interviewers, events, entries } = house
  await t.db.run(`UPDATE users SET status = 'active'`)
  await t.db.run('UPDATE api_tokens SET expires_at = NULL')
  for (const { id, role } of [talent, ...readers]) {
    await t.db.run('UPDATE users SET role = :role WHERE id = :id', { id, role })
  }
  for (const [place, { id: userId }] of readers.entries()) {
    const linked = 'SELECT id FROM interviewers WHERE user_id = :userId'
    const { id } = (await t.db.one<{ id: string }>(linked, { userId })) ?? {
      id: await addInterviewer(t, admin, { userId }),
    }
    interviewers[place] = id
    await t.db.run(`UPDATE interviewers SET status = 'active' WHERE id = :id`, { id })
    const event = `SELECT 1 AS found FROM events WHERE id = :id AND status = 'scheduled'`
    // One that is refused, on a day off for example, is followed by another an hour later.
    while (!(await t.db.one(event, { id: events[place] ?? '' }))) events[place] = await addEvent(t, admin, id)
    for (const kind of KIND_NAMES) {
      const entry = `SELECT 1 AS found FROM portfolio_${kind} WHERE id = :id`
      if (await t.db.one(entry, { id: entries[kind][place] ?? '' })) continue
      entries[kind].splice(place, 1)
      await addEntry(house, kind, id, place)
    }
    await api(house, 'PUT', `portfolio/biodata/${id}`, { headline: 'Engines' })
  }
}

const LISTS: Readonly<Record<string, readonly string[]>> = {
  '/api/interviewers': ['', '?limit=2', '?q=ada', '?sort=-createdAt&limit=1', '?status=paused'],
  '/api/events': ['', '?limit=1', '?q=technical', '?status=cancelled', '?sort=-startsAt'],
  '/api/interviewers/:id/events': ['', '?status=scheduled', '?limit=1'],
  '/api/users': ['', '?limit=2', '?role=interviewer', '?status=disabled', '?q=talent'],
  ...Object.fromEntries(KIND_NAMES.map(kind => [`/api/portfolio/${kind}`, ['', '?limit=1', '?sort=-createdAt']])),
}

/** Every address there is to ask of a route, by its own. Throws for one that nobody has thought of here. */
export function addressesOf(route: string, house: House): string[] {
  const names = namesFor(route, house)
  const paths = names === undefined ? [route] : names.map(name => route.replace(/:\w+/, encodeURIComponent(name)))
  return paths.flatMap(path => (LISTS[route] ?? ['']).map(query => path + query))
}

/** What stands in the place of its parameter. */
function namesFor(route: string, house: House): readonly string[] | undefined {
  const { interviewers, events, users, emails, entries, refreshTokens, guestTokens } = house
  if (!route.includes(':')) return undefined
  if (/^\/api\/interviewers\/:id(\/|$)|^\/api\/portfolio\/biodata\/:interviewerId$/.test(route)) return interviewers
  const kind = KIND_NAMES.find(name => route === `/api/portfolio/${name}/:id`)
  if (kind) return entries[kind]
  const others: Readonly<Record<string, readonly string[]>> = {
    '/api/events/:id': events,
    '/api/users/:id': users,
    '/api/users/email/:email': emails,
    '/api/sessions/token/:token': [...refreshTokens, ...guestTokens],
  }
  const names = others[route]
  if (!names) throw new Error(`nothing is known to ask of ${route}: say it here`)
  return names
}

/** Does something to what is there, chosen by a number; a status, or nothing when it was done straight in the database. */
type Change = (house: House, number: number) => Promise<number | undefined>

const api = async (house: House, method: 'POST' | 'PUT' | 'DELETE', path: string, payload?: object, as = house.admin) =>
  (await house.t.call({ method, url: `/api/${path}`, as, ...(payload && { payload }) })).status

const sql = async ({ t }: House, statement: string, params = {}): Promise<undefined> => {
  await t.db.run(statement, params)
  return undefined
}

const CHANGES = {
  renameInterviewer: (house, n) =>
    api(house, 'PUT', `interviewers/${pick(house.interviewers, n)}`, { name: `Ada ${n}` }),
  pauseInterviewer: (house, n) =>
    api(house, 'PUT', `interviewers/${pick(house.interviewers, n)}`, { status: n % 2 ? 'paused' : 'active' }),
  linkInterviewer: (house, n) => {
    const userId = n % 2 === 0 ? null : pick(house.readers, n >> 1).id
    return api(house, 'PUT', `interviewers/${pick(house.interviewers, n >> 2)}`, { userId })
  },
  addInterviewer: async house => {
    keep(house.interviewers, await addInterviewer(house.t, house.admin))
    return undefined
  },
  removeInterviewer: (house, n) => api(house, 'DELETE', `interviewers/${pick(house.interviewers, n)}`),

  giveHours: (house, n) =>
    api(house, 'PUT', `interviewers/${pick(house.interviewers, n)}/availability`, {
      weekly: [{ weekday: pick(['monday', 'tuesday', 'wednesday'], n), start: '08:00', end: '18:00' }],
      timeOff: n % 3 === 0 ? [{ from: '2030-01-07', to: '2030-01-20' }] : [],
    }),

  addEvent: async (house, n) => {
    const panel = new Set([pick(house.interviewers, n), pick(house.interviewers, n >> 3)])
    const id = await addEvent(house.t, house.admin, ...panel)
    if (id) keep(house.events, id)
    return undefined
  },
  editEvent: (house, n) => api(house, 'PUT', `events/${pick(house.events, n)}`, { location: `Room ${n}` }),
  answerEvent: (house, n) =>
    api(house, 'POST', `events/${pick(house.events, n)}/respond`, { response: 'accepted' }, pick(house.readers, n)),
  seatAnother: (house, n) =>
    api(house, 'PUT', `events/${pick(house.events, n)}`, {
      panel: [{ interviewerId: pick(house.interviewers, n >> 3) }],
      override: { reason: 'Needed' },
    }),
  moveEvent: (house, n) =>
    api(house, 'POST', `events/${pick(house.events, n)}/reschedule`, {
      startsAt: new Date(Date.UTC(2030, 0, 2 + (n % 40), n % 24)).toISOString(),
      durationMinutes: 60,
      reason: 'Asked for',
      override: { reason: 'Needed' },
    }),
  cancelEvent: (house, n) => api(house, 'POST', `events/${pick(house.events, n)}/cancel`, { reason: 'Filled' }),
  removeEvent: (house, n) => api(house, 'DELETE', `events/${pick(house.events, n)}`),

  addEntry: (house, n) => addEntry(house, pick(KIND_NAMES, n), pick(house.interviewers, n >> 2)),
  moveEntry: (house, n) => {
    const kind = pick(KIND_NAMES, n)
    return api(house, 'PUT', `portfolio/${kind}/${pick(house.entries[kind], n >> 2)}`, { position: n })
  },
  removeEntry: (house, n) => {
    const kind = pick(KIND_NAMES, n)
    return api(house, 'DELETE', `portfolio/${kind}/${pick(house.entries[kind], n >> 2)}`)
  },
  introduce: (house, n) =>
    api(house, 'PUT', `portfolio/biodata/${pick(house.interviewers, n)}`, {
      headline: n % 5 === 0 ? null : `No. ${n}`,
    }),

  renameUser: (house, n) => api(house, 'PUT', `users/${pick(house.users, n)}`, { name: `Talent ${n}` }),
  changeRole: (house, n) =>
    api(house, 'PUT', `users/${pick([house.talent, ...house.readers], n).id}`, {
      role: pick(['talent', 'interviewer', 'admin'], n >> 2),
    }),
  disableUser: (house, n) =>
    sql(house, 'UPDATE users SET status = :status WHERE id = :id', {
      status: n % 5 === 0 ? 'disabled' : 'active',
      id: pick(house.people.slice(1), n >> 2).id,
    }),
  addUser: async house => {
    const id = randomUUID()
    const params = { id, email: `${id}@example.com` }
    await sql(house, `INSERT INTO users (id, email, name) VALUES (:id, :email, 'Newcomer')`, params)
    keep(house.users, id)
    keep(house.emails, params.email)
    return undefined
  },
  removeUser: house => sql(house, `DELETE FROM users WHERE name = 'Newcomer'`),
  countAnew: house => api(house, 'POST', 'usercount/recalculate'),
  miscount: (house, n) => sql(house, 'UPDATE user_stats SET total_users = :n', { n }),

  endSession: (house, n) =>
    sql(house, 'UPDATE sessions SET ended_at = :at WHERE id = :id', {
      at: n % 2 ? new Date().toISOString() : null,
      id: pick(house.guests, n >> 1).sessionId,
    }),
  refreshSession: async (house, n) => {
    keep(house.guestTokens, await addRefreshToken(house.t.db, pick(house.guests, n)))
    return api(house, 'POST', 'auth/refresh', { refreshToken: pick(house.guestTokens, n) })
  },
  expireScripts: (house, n) =>
    sql(house, 'UPDATE api_tokens SET expires_at = :at WHERE user_id = :id', {
      at: n % 5 === 0 ? new Date().toISOString() : null,
      id: pick(house.people, n >> 2).id,
    }),
} satisfies Record<string, Change>

export type ChangeName = keyof typeof CHANGES
export const CHANGE_NAMES = Object.keys(CHANGES) as ChangeName[]

/** Changes something. Throws when that makes the program fail, not when it is refused. */
export async function change(house: House, name: ChangeName, number: number): Promise<void> {
  const made: Change = CHANGES[name]
  const status = await made(house, number)
  if (status !== undefined && status >= 500) throw new Error(`${name} ${number} was answered ${status}`)
}

async function addEntry(house: House, kind: Kind, interviewerId: string, place = Infinity): Promise<number> {
  const payload = { interviewerId, ...KINDS[kind], ...(kind === 'skills' && { name: `SQL ${randomUUID()}` }) }
  const { status, body } = await house.t.call({
    method: 'POST',
    url: `/api/portfolio/${kind}`,
    as: house.admin,
    payload,
  })
  if (status === 201) keep(house.entries[kind], body.id, place)
  return status
}

function pick<Thing>(things: readonly Thing[], number: number): Thing {
  const thing = things[number % Math.max(things.length, 1)]
  if (thing === undefined) throw new Error('there is nothing to pick from')
  return thing
}

/** The newest stay, and so do the first two, which are put back when they go. */
function keep(names: string[], name: string, place = Infinity): void {
  names.splice(place, 0, name)
  if (names.length > KEPT) names.splice(2, 1)
}
