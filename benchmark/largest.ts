/** The largest allowed input of every operation, made from the served document and a short table. */
import { LARGEST_REPLY_BYTES } from '../features/events/replies/schemas.ts'

const DAY_MS = 86_400_000
const BODY_BYTES = 1024 * 1024
const CALENDAR_BYTES = 5 * 1024 * 1024
const IMPORT_BYTES = 16 * 1024 * 1024
const LONG = 'Prepare questions and a quiet room. '.repeat(138)

/** A request as it is sent. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly type?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One row of the table: the same request, with what has to differ made of the number of the run. */
export interface Largest {
  readonly name: string
  readonly of: (run: number) => Sent
}

/** What there is in the database. */
export interface Known {
  readonly people: readonly string[]
  readonly event: string
  readonly task: string
  readonly user: string
  readonly feed: string
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly schema?: { readonly maximum?: number; readonly enum?: readonly string[] }
}
interface Operation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> }
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** Every operation but those that take nothing and only end or remove something. */
export function largestInputs({ paths }: OpenApi, known: Known): Largest[] {
  const special = specials(known)
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => [
      ...(special[operation.operationId] ?? []).map(one => ({ ...one, name: `${operation.operationId}: ${one.name}` })),
      ...usual(method, pathOf(path, known), operation),
    ]),
  )
}

function usual(method: string, path: string, { operationId, parameters = [], requestBody }: Operation): Largest[] {
  if (requestBody?.content['application/json'])
    return Object.entries(HOSTILE).map(([name, body]) => ({
      name: `${operationId}: 1 MiB, ${name}`,
      of: () => ({ method: method.toUpperCase(), path, type: 'application/json', body }),
    }))
  if (method !== 'get') return []
  const own = new Map(parameters.filter(one => one.in === 'query').map(one => [one.name, one.schema]))
  const page = own.has('limit') ? `limit=${own.get('limit')?.maximum ?? 100}` : ''
  const queries = (own.get('format')?.enum ?? ['']).flatMap(format => {
    const whole = [format && `format=${format}`, page].filter(Boolean).join('&')
    return own.has('q') ? [whole, `${whole}&q=${WORDS}`] : [whole]
  })
  return queries.map(query => ({
    name: `${operationId} ${query}`.trim().slice(0, 70),
    of: () => ({ method: 'GET', path: query ? `${path}?${query}` : path }),
  }))
}

/** As many words as fit into a search, each the beginning of many. */
const WORDS = encodeURIComponent('a e i o u t s p q r '.repeat(10).trim())
const HOSTILE = {
  'lists in lists': `${'['.repeat(BODY_BYTES / 2)}${']'.repeat(BODY_BYTES / 2)}`,
  'a field each': `{${Array.from({ length: 80_000 }, (_, index) => `"f${index}":0`).join(',')}}`,
  'one text': JSON.stringify({ title: 'x'.repeat(BODY_BYTES - 20) }),
}

/** Ids where a path wants them. */
function pathOf(path: string, { people, event, task, user, feed }: Known): string {
  const id = { interviewers: people[0], events: event, tasks: task, users: user }[path.split('/')[2] ?? '']
  return path
    .replace('{id}', id ?? event)
    .replace('{interviewerId}', people[0] ?? '')
    .replace('{secret}', feed)
    .replace(/\{\w+\}/g, event)
}

const json = (method: string, path: string, body: object, headers = {}): Sent => ({
  method,
  path,
  type: 'application/json',
  body: JSON.stringify(body),
  headers,
})
const soon = (days: number) => new Date((Math.ceil(Date.now() / DAY_MS) + days) * DAY_MS).toISOString()

function specials({ people, event }: Known): Readonly<Record<string, readonly Largest[]>> {
  const [person = ''] = people
  const span = `from=${soon(0)}&to=${soon(62)}`
  const calendars = `/api/interviewers/${person}/calendars`
  const ics = (name: string, body: string, path: string): Largest => ({
    name,
    of: run => ({ method: 'POST', path: path.replace('RUN', people[run] ?? ''), type: 'text/calendar', body }),
  })
  const rows = (run: number) =>
    `name,email,skills\n${Array.from({ length: 1000 }, (_, row) => `Row ${row},row.${row}@run-${run}.example.com,SQL|${'x'.repeat(50)}`).join('\n')}`
  const csv = (name: string, query: string, body: (run: number) => string): Largest => ({
    name,
    of: run => ({ method: 'POST', path: `/api/interviewers/import${query}`, type: 'text/csv', body: body(run) }),
  })
  const wide = `name,email,skills\n${Array.from({ length: 1000 }, (_, row) => `Row ${row},w.${row}@example.com,${'x|'.repeat(8000)}`).join('\n')}`
  return {
    searchPanels: [
      { name: '62 days, 20 seats', of: () => json('POST', '/api/availability/search', searchOf([])) },
      { name: 'the same, of named people', of: () => json('POST', '/api/availability/search', searchOf(people)) },
    ],
    listSlots: [
      {
        name: '62 days',
        of: () => ({
          method: 'GET',
          path: `/api/interviewers/${person}/slots?${span}&durationMinutes=5&stepMinutes=5&limit=500`,
        }),
      },
    ],
    getLoadReport: ['json', 'svg'].map(format => ({
      name: `400 days, ${format}`,
      of: () => ({ method: 'GET', path: `/api/reports/load?from=${soon(-300)}&to=${soon(100)}&format=${format}` }),
    })),
    updateAvailability: [
      {
        name: 'the most of all lists',
        of: () => json('PUT', `/api/interviewers/${people[1]}/availability`, availability()),
      },
    ],
    importInterviewers: [
      csv('1,000 rows, tried', '?dryRun=true', rows),
      csv('1,000 rows', '', rows),
      csv('1,000 rows again, changed', '', run => rows(run - 1).replaceAll('SQL|', 'TypeScript|')),
      csv('16 MiB of rows', '?mode=valid', () => wide),
      csv('16 MiB of line feeds', '', () => `name,email\n${'\n'.repeat(IMPORT_BYTES - 20)}`),
    ],
    importCalendar: [
      ics('5 MiB of events', calendarOf(events(CALENDAR_BYTES - 2000)), calendars.replace(person, 'RUN')),
      ics('an event that comes back', calendarOf(recurring()), calendars.replace(person, 'RUN')),
      ics('299,900 lines', calendarOf(eventOf(1, 'X:\r\n'.repeat(299_900))), calendars.replace(person, 'RUN')),
    ],
    takeCalendarReply: [
      ics('the largest', replyOf(event, 'X:\r\n'.repeat(LARGEST_REPLY_BYTES / 4 - 200)), '/api/calendar/replies'),
    ],
    createEvent: [
      {
        name: '20 people, longest notes',
        of: run => json('POST', '/api/events', booking(people, run), { 'idempotency-key': crypto.randomUUID() }),
      },
    ],
    createTask: [
      {
        name: 'longest, with a key',
        of: () =>
          json(
            'POST',
            '/api/tasks',
            { title: 'T'.repeat(200), description: LONG },
            { 'idempotency-key': crypto.randomUUID() },
          ),
      },
    ],
    createPortfolioExperience: [
      { name: 'longest', of: run => json('POST', '/api/portfolio/experience', experience(people[run] ?? '')) },
    ],
  }
}

export function experience(interviewerId: string): object {
  const highlights = Array.from({ length: 20 }, () => 'h'.repeat(300))
  return { interviewerId, company: 'c'.repeat(160), role: 'r'.repeat(160), description: LONG, highlights }
}

function searchOf(people: readonly string[]): object {
  const kinds = ['technical', 'coding', 'behavioral', 'panel', 'onsite', 'system_design', 'hiring_manager', 'other']
  const seats = kinds.map((interviewType, index) => ({
    count: index < 4 ? 3 : 2,
    role: index === 0 ? 'lead' : 'interviewer',
    ...(people.length > 0 ? { interviewerIds: people.slice(0, 200) } : index % 2 === 0 && { interviewType }),
  }))
  const length = { durationMinutes: 30, stepMinutes: 5, timezone: 'Europe/Berlin' }
  return { from: soon(0), to: soon(62), ...length, seats, limit: 500, explain: true }
}

function availability(): object {
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
  const windows = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const hour = String(index * 2).padStart(2, '0')
      return { start: `${hour}:00`, end: `${hour}:50` }
    })
  const date = (index: number) => soon(index).slice(0, 10)
  return {
    weekly: days.flatMap(weekday => windows(10).map(window => ({ weekday, ...window }))),
    overrides: Array.from({ length: 366 }, (_, index) => ({ date: date(index), windows: windows(12) })),
    timeOff: Array.from({ length: 200 }, (_, index) => ({
      from: date(400 + index),
      to: date(400 + index),
      reason: 'r'.repeat(200),
    })),
    travel: Array.from({ length: 100 }, (_, index) => ({
      from: date(index),
      to: date(index),
      timezone: 'America/Argentina/Buenos_Aires',
    })),
  }
}

function booking(people: readonly string[], run: number): object {
  const panel = people.slice(0, 20).map(interviewerId => ({ interviewerId }))
  const override = { reason: 'Measured at any hour of any day' }
  const time = { startsAt: soon(500 + run), durationMinutes: 30 }
  return { title: 'Measured', type: 'technical', ...time, panel, override, notes: LONG }
}

const stamp = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
const calendarOf = (inside: string) => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//EN\r\n${inside}END:VCALENDAR\r\n`

function eventOf(index: number, more: string): string {
  const start = Math.ceil(Date.now() / DAY_MS) * DAY_MS + index * 1_200_000
  return `BEGIN:VEVENT\r\nUID:${index}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:${stamp(start)}\r\nDTEND:${stamp(start + 600_000)}\r\n${more}END:VEVENT\r\n`
}

function events(bytes: number): string {
  const size = eventOf(10_000, '').length
  return Array.from({ length: Math.floor(bytes / size) }, (_, index) => eventOf(index, '')).join('')
}

/** As many busy times as there may be. */
const recurring = () => eventOf(1, 'RRULE:FREQ=MINUTELY;INTERVAL=20;COUNT=49000\r\n')

function replyOf(event: string, more: string): string {
  return `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:${event}\r\nDTSTAMP:20260101T000000Z\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com\r\n${more}END:VEVENT\r\nEND:VCALENDAR\r\n`
}
