import escapeHtml from 'escape-html'
import { DateTime } from 'luxon'
import type { Interview } from './interview-history.ts'
import type { EventKind, Notice } from './notices.ts'
import { programOf } from './programs.ts'

/** The words of a mail to one person. */
export interface Letter {
  readonly subject: string
  readonly text: string
  readonly html: string
}

const OPENING: Readonly<Record<EventKind, string>> = {
  invitation: 'You are invited to an interview.',
  change: 'An interview you take part in has changed.',
  cancellation: 'An interview you take part in has been cancelled.',
  removal: 'You are no longer needed in this interview.',
  reminder: 'This is a reminder of an interview you take part in.',
}
const SUBJECT: Readonly<Record<EventKind, string>> = {
  invitation: 'Invitation',
  change: 'Changed',
  cancellation: 'Cancelled',
  removal: 'No longer needed',
  reminder: 'Reminder',
}

/** The letter about an interview. Times are in the zone of its reader, and the zone is named. */
export function letterOf({ kind, to, interview }: Notice, zone: string): Letter {
  const subject = `${SUBJECT[kind]}: ${interview.title}, ${startIn(interview, zone)}`
  return letter(subject, to.name, OPENING[kind], detailsOf(interview, zone, to.interviewerId !== null))
}

/** The letter about a sign-in from a place that is new for the account. It repeats nothing that whoever came has written. */
export function signInLetter(at: string, zone: string, from: { ip: string; userAgent: string }): Letter {
  const details: Detail[] = [
    ['When', timeIn(at, zone)],
    ['Address', from.ip],
    ['Program', programOf(from.userAgent)],
    ['If this was not you', 'Change your password; that ends every other session, API token and calendar feed.'],
  ]
  return letter(
    'New sign-in to your Panelist account',
    '',
    'Somebody signed in to your account from a new place.',
    details,
  )
}

/** The one letter that goes to an address of which nobody knows whose it is. The same for everybody but for its code. */
export function confirmationLetter(host: string, code: string, expiresAt: string): Letter {
  const details: Detail[] = [
    ['Code', code],
    ['Valid until', timeIn(expiresAt, 'UTC')],
    ['If this was you', 'Confirm with this code, where you registered, that the address is yours.'],
    ['If this was not you', 'Do nothing. You will receive no other mail from us.'],
  ]
  return letter('Confirm your address', '', `Somebody registered at ${host} with this address.`, details)
}

type Detail = readonly [label: string, value: string]

function letter(subject: string, name: string, opening: string, details: readonly Detail[]): Letter {
  const greeting = name === '' ? 'Hello,' : `Hello ${name},`
  const rows = details.map(
    ([label, value]) => `<tr><th align="left" valign="top">${escapeHtml(label)}</th><td>${linesOf(value)}</td></tr>`,
  )
  return {
    subject: inOneLine(subject),
    text: [greeting, '', opening, '', ...details.map(([label, value]) => `${label}: ${value}`), ''].join('\n'),
    html: `<p>${escapeHtml(greeting)}</p><p>${escapeHtml(opening)}</p><table cellpadding="4">${rows.join('')}</table>`,
  }
}

/** The details that a reader may see. Candidates see neither the reason nor the notes. */
function detailsOf(interview: Interview, zone: string, internal: boolean): Detail[] {
  const { title, position, panel, location, meetingUrl, notes, candidateName, candidateEmail, cancellation } = interview
  const known = (label: string, value: string | null): Detail[] =>
    value === null || value === '' ? [] : [[label, value]]
  return [
    ['Interview', title],
    ['When', spanIn(interview, zone)],
    ...known('Position', position),
    ...known('Candidate', candidateName ?? candidateEmail),
    ['With', panel.map(({ name, role }) => (role === 'shadow' ? `${name} (shadow)` : name)).join(', ')],
    ...known('Where', location),
    ...known('Join', meetingUrl),
    ...known('Reason', internal ? (cancellation?.reason ?? null) : null),
    ...known('Notes', internal ? notes : null),
  ]
}

function startIn({ startsAt }: Interview, zone: string): string {
  return DateTime.fromISO(startsAt, { zone, locale: 'en' }).toFormat('ccc d LLL yyyy HH:mm ZZZZ')
}

/** Returns text such as "Monday 2 March 2026, 10:00 to 11:00 (Europe/Berlin, GMT+1)". */
function spanIn({ startsAt, endsAt }: Pick<Interview, 'startsAt' | 'endsAt'>, zone: string): string {
  const [start, end] = [startsAt, endsAt].map(at => DateTime.fromISO(at, { zone, locale: 'en' }))
  if (!start || !end) return ''
  const until = end.hasSame(start, 'day') ? end.toFormat('HH:mm') : end.toFormat('cccc d LLLL, HH:mm')
  return `${start.toFormat('cccc d LLLL yyyy, HH:mm')} to ${until} (${zone}, ${start.toFormat('ZZZZ')})`
}

function timeIn(at: string, zone: string): string {
  return DateTime.fromISO(at, { zone, locale: 'en' }).toFormat(`cccc d LLLL yyyy, HH:mm '(${zone}', ZZZZ')'`)
}

function linesOf(value: string): string {
  return escapeHtml(value).replaceAll(/\r\n|\r|\n/g, '<br>')
}

/** One line, so that no text that somebody typed begins a new header. */
function inOneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}
