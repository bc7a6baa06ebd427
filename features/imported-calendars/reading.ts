import { aside, onTooMuchWork } from '../../plugins/aside.ts'
import type { Turn } from '../../plugins/concurrency-limit.ts'
import type { Found, Question } from './busy-task.ts'
import { AddressRefused, FetchRefused, type FetchOptions, type SafeFetch } from './fetching.ts'
import { DAY, MINUTE } from '../../domain/scheduling/days.ts'
import type { Content, Source, Standing } from './repository.ts'

/** So far into the past and the future busy times are known. */
const KNOWN = { before: 31 * DAY, after: 731 * DAY }
const POLL_EVERY = 15 * MINUTE
const EXPAND_EVERY = DAY
const LONGEST_PATIENCE = 6 * 60 * MINUTE

const expandAside = aside<Question, Found>(import.meta.url, './busy-task')

interface Expanded {
  readonly kind: 'expanded'
  /** Pairs of instants, as JSON. */
  readonly busy: string
  readonly until: number
  /** The zone in which whole days were meant. */
  readonly timezone: string
  /** Undefined when it is the text that was there already. */
  readonly content?: Content
}
interface Failed {
  readonly kind: 'failed'
  /** What is wrong, in a sentence for people. */
  readonly problem: string
  /** The address itself is at fault. */
  readonly lasting?: boolean
}
/** What came of reading a calendar. */
export type Reading = Expanded | Failed | { readonly kind: 'unchanged' }

/** When the text says that its owner is busy; as much of it as is ever asked for. */
export async function expand(text: string, timezone: string, turn?: Turn): Promise<Expanded | Failed> {
  const now = Date.now()
  const window = { from: now - KNOWN.before, to: now + KNOWN.after }
  const tooMuch = onTooMuchWork((why): Found => ({ problem: `The calendar ${why}` }))
  const found = await expandAside({ text, timezone, ...window }, turn).catch(tooMuch)
  if ('problem' in found) return failed(found.problem.replace(/\.$/, ''))
  return { kind: 'expanded', busy: found.busy, until: window.to, timezone }
}

/** Asks the server of a calendar; what `known` names is not sent again. Throws the reason of its signal. */
export async function readUrl(
  fetch: SafeFetch,
  url: string,
  timezone: string,
  known: FetchOptions & Turn = {},
): Promise<Reading> {
  try {
    const fetched = await fetch(url, known)
    if (fetched.status === 'unchanged') return { kind: 'unchanged' }
    const { status: _, ...content } = fetched
    if (content.text.includes('\0')) return failed('It has a character that no calendar has')
    const reading = await expand(content.text, timezone, known)
    return reading.kind === 'expanded' ? { ...reading, content } : reading
  } catch (error) {
    if (error instanceof FetchRefused) return { ...failed(error.message), lasting: error instanceof AddressRefused }
    throw error
  }
}

/** Reads a known calendar from its server; an unchanged text is expanded again once a day. */
export async function readAgain(
  fetch: SafeFetch,
  calendar: Source,
  textOf: () => Promise<string | null>,
  turn: Turn = {},
): Promise<Reading> {
  const { url, etag, lastModified, timezone } = calendar
  const known = { etag, lastModified, ...turn }
  const answer = url === null ? undefined : await readUrl(fetch, url, timezone, known)
  if (answer && (answer.kind !== 'unchanged' || reachesFar(calendar))) return answer
  return expand((await textOf()) ?? '', timezone, turn)
}

/** How a calendar stands after it was read, from how it stood before. */
export function standingAfter(
  reading: Reading,
  { source, timezone, expandedUntil, failures }: Pick<Source, 'source' | 'timezone' | 'expandedUntil' | 'failures'>,
): Standing {
  const now = Date.now()
  const at = (instant: number) => new Date(instant).toISOString()
  const checkedAt = at(now)
  if (reading.kind === 'failed') {
    const nextCheckAt = at(now + Math.min(POLL_EVERY * 2 ** failures, LONGEST_PATIENCE))
    const { problem } = reading
    return { status: 'unreadable', problem, expandedUntil, checkedAt, nextCheckAt, failures: failures + 1 }
  }
  const read = { problem: null, checkedAt, failures: 0 }
  const until = untilOf(reading, timezone, expandedUntil)
  if (until === null) return { ...read, status: 'pending', expandedUntil: null, nextCheckAt: checkedAt }
  const nextCheckAt = at(now + (source === 'url' ? POLL_EVERY : EXPAND_EVERY))
  return { ...read, status: 'ok', expandedUntil: until, nextCheckAt }
}

/** null when its owner has moved to another zone while it was read: then it has to be read once more. */
function untilOf(reading: Exclude<Reading, Failed>, timezone: string, expandedUntil: string | null): string | null {
  if (reading.kind === 'unchanged') return expandedUntil
  return reading.timezone === timezone ? new Date(reading.until).toISOString() : null
}

function reachesFar({ expandedUntil }: Source): boolean {
  return expandedUntil !== null && Date.parse(expandedUntil) > Date.now() + KNOWN.after - EXPAND_EVERY
}

function failed(problem: string): Failed {
  return { kind: 'failed', problem }
}
