// Books a panel of three who sit in two time zones, with an API token. Node.js 20 or newer and nothing else.
//
//   PANELIST_URL=http://127.0.0.1:3000 PANELIST_TOKEN=pnl_… node docs/examples/book-a-panel.mjs
//
// The token needs the scopes interviewers:read, availability:read, events:write and audit:read.
// It ends with 0 when the panel is booked, 2 when it was called wrongly, 3 when the token may not do this, 4 when no such
// panel can meet, 5 when the server cannot be reached or stays busy, and 1 for anything else.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

const EXIT = { usage: 2, forbidden: 3, noPanel: 4, unavailable: 5 }
const TRIES = 4
/** Gives up, and says so, when asked to wait longer. */
const PATIENCE_SECONDS = 30
const DAY_MS = 24 * 60 * 60 * 1000

const USAGE = `Books a panel of three who sit in two time zones.

  PANELIST_TOKEN=pnl_… node docs/examples/book-a-panel.mjs [--candidate alan@example.com] [--days 14]

PANELIST_URL is http://127.0.0.1:3000 unless it is set.
The token needs interviewers:read, availability:read, events:write and audit:read.`

/** Ends the script with a sentence and a code of its own. */
class Ending extends Error {
  constructor(exitCode, message) {
    super(message)
    this.exitCode = exitCode
  }
}

const { PANELIST_URL = 'http://127.0.0.1:3000', PANELIST_TOKEN } = process.env

/** Sends a request until there is an answer to act on. A key makes it safe to repeat what may have been done already. */
async function call(method, path, body, headers = {}) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(method, path, body, headers)
    if (response.status !== 429 && response.status !== 503)
      return { status: response.status, body: await response.json() }
    const seconds = Number(response.headers.get('retry-after') ?? 1)
    if (attempt === TRIES || seconds > PATIENCE_SECONDS) {
      throw new Ending(EXIT.unavailable, `The server is busy (${response.status}); try again in ${seconds} s.`)
    }
    console.error(`The server is busy (${response.status}); waiting ${seconds} s.`)
    await sleep(seconds * 1000)
  }
}

async function send(method, path, body, headers) {
  const authorization = `Bearer ${PANELIST_TOKEN}`
  const content = body && { 'content-type': 'application/json' }
  try {
    return await fetch(new URL(path, PANELIST_URL), {
      method,
      headers: { authorization, ...content, ...headers },
      body: body && JSON.stringify(body),
    })
  } catch (error) {
    throw new Ending(EXIT.unavailable, `Nobody answers at ${PANELIST_URL}: ${error.cause?.message ?? error.message}`)
  }
}

/** The body of a success; every refusal that is not expected ends the script. */
async function get(method, path, body, headers) {
  const answer = await call(method, path, body, headers)
  if (answer.status < 300) return answer.body
  const { code, message, requestId } = answer.body
  if (answer.status === 401) throw new Ending(EXIT.forbidden, `The token is worth nothing (any more): ${message}`)
  if (answer.status === 403) throw new Ending(EXIT.forbidden, `The token may not do this: ${message}`)
  if (code === 'NO_PANEL_AVAILABLE') throw new Ending(EXIT.noPanel, message)
  throw new Ending(1, `${method} ${path} was refused: ${answer.status} ${code}, ${message} (request ${requestId})`)
}

/** Every way to seat a lead from one time zone and two people from another: what its seats ask for. */
async function waysToSeat() {
  const { data } = await get('GET', '/api/interviewers?status=active&limit=100')
  const zones = new Map()
  for (const { id, timezone } of data) zones.set(timezone, [...(zones.get(timezone) ?? []), id])
  const pairs = [...zones].filter(([, people]) => people.length >= 2)
  return pairs.flatMap(([pairZone, pair]) =>
    [...zones]
      .filter(([leadZone]) => leadZone !== pairZone)
      .map(([leadZone, lead]) => ({
        zones: [leadZone, pairZone],
        seats: [
          { role: 'lead', interviewerIds: lead },
          { role: 'interviewer', count: 2, interviewerIds: pair },
        ],
      })),
  )
}

/** The first time at which one of the ways is possible. Mexico City and Seoul are never at work together. */
async function findTime(ways, candidateEmail, days) {
  const from = new Date()
  const to = new Date(from.getTime() + days * DAY_MS)
  const span = { from: from.toISOString(), to: to.toISOString(), durationMinutes: 60, minNoticeMinutes: 120, limit: 1 }
  for (const way of ways) {
    const search = { ...span, seats: way.seats, timezone: way.zones[0], candidateEmail }
    const { slots } = await get('POST', '/api/availability/search', search)
    if (slots.length > 0) return { ...way, startsAt: slots[0].startsAt }
  }
  throw new Ending(EXIT.noPanel, `No panel of three over two time zones can meet in the next ${days} days.`)
}

const localTime = (instant, timeZone) =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(instant))} ${timeZone}`

function printClash({ code, details }) {
  console.log(`\nA second interview with them at that time is refused: ${code}`)
  for (const { name, candidateEmail, startsAt, endsAt } of details) {
    console.log(`  ${name ?? candidateEmail} is busy from ${startsAt} to ${endsAt}`)
  }
}

async function main({ candidate, days }) {
  const { seats, zones, startsAt } = await findTime(await waysToSeat(), candidate, days)
  const interview = {
    title: 'Technical interview',
    type: 'technical',
    startsAt,
    durationMinutes: 60,
    timezone: zones[0],
    candidateEmail: candidate,
  }
  // With seats the server takes the fairest panel that is free at that moment. Sent again with its key, it books nothing more.
  const event = await get('POST', '/api/events', { ...interview, seats }, { 'idempotency-key': randomUUID() })
  console.log(`Booked ${event.id}`)
  for (const zone of zones) console.log(`  ${localTime(event.startsAt, zone)}`)
  for (const { name, role } of event.panel) console.log(`  ${name}, ${role}`)

  const panel = event.panel.map(({ interviewerId }) => ({ interviewerId }))
  const second = await call('POST', '/api/events', { ...interview, panel }, { 'idempotency-key': randomUUID() })
  if (second.status !== 409) throw new Ending(1, `They were booked twice, which must never be: ${second.body.id}`)
  printClash(second.body)

  const { data } = await get('GET', `/api/audit-logs?entityType=event&entityId=${event.id}`)
  console.log('\nThe journal')
  for (const { occurredAt, action, actorName, requestId } of data) {
    console.log(`  ${occurredAt} ${action} by ${actorName}, request ${requestId}`)
  }
}

function settings() {
  try {
    const { values } = parseArgs({
      options: {
        candidate: { type: 'string', default: 'alan.turing@example.com' },
        days: { type: 'string', default: '14' },
        help: { type: 'boolean', default: false },
      },
    })
    const days = Number(values.days)
    if (!Number.isInteger(days) || days < 1 || days > 62) throw new Error('--days takes a whole number from 1 to 62.')
    return { ...values, days }
  } catch (error) {
    throw new Ending(EXIT.usage, `${error.message}\n\n${USAGE}`)
  }
}

try {
  const { help, ...wishes } = settings()
  if (help) console.log(USAGE)
  else if (!PANELIST_TOKEN) throw new Ending(EXIT.usage, `PANELIST_TOKEN is not set.\n\n${USAGE}`)
  else await main(wishes)
} catch (error) {
  console.error(error instanceof Ending ? error.message : error)
  process.exitCode = error.exitCode ?? 1
}
