import type { Transaction } from '../../db/database.ts'
import { randomSecret } from '../../plugins/secrets.ts'
import { confirmationStore } from '../../domain/accounts/confirmations.ts'
import type { Notifications } from '../../domain/accounts/notifications.ts'
import type { CalendarIdentity } from '../../domain/interviews/calendar.ts'
import { newId } from '../../domain/lists/fields.ts'
import { fromJson } from '../../domain/sql.ts'
import { calendarFor, messageText } from './messages.ts'
import { confirmationLetter, letterOf, signInLetter } from './letters.ts'
import { interviewFrom, type Interview } from './interview-history.ts'
import { journalRepository, type JournalRow } from './journal-repository.ts'
import { peopleRepository, type Preferences } from './people-repository.ts'
import { outboxRepository, type NewMail } from './repository.ts'
import type { OutboxMail } from './schemas.ts'
import { noticesOf, peopleOf, type Notice } from './notices.ts'

/** Rows of the journal in one transaction. Few, as all other writers wait for it. */
const ROWS_AT_ONCE = 50
const DAY_MS = 24 * 60 * 60 * 1000
/** So long somebody has to confirm that an address is theirs. */
const CODE_LIVES_MS = 7 * DAY_MS
/** Rows of the histories of interviews that one transaction may read, however often an interview was changed. */
const HISTORY_AT_ONCE = 500

/** The choice in a profile that turns each kind of mail off. */
const CHOICE: Readonly<Record<Exclude<OutboxMail['kind'], 'confirmation'>, keyof Notifications>> = {
  invitation: 'invitations',
  change: 'changes',
  cancellation: 'cancellations',
  removal: 'cancellations',
  reminder: 'reminders',
  sign_in: 'signIns',
}

export interface FillingRules extends CalendarIdentity {
  /** How long before an interview people are reminded, in ms. */
  readonly reminders: readonly number[]
}

/**
 * Puts the mails that follow from the next rows of the journal into the outbox and moves the cursor past these rows, in
 * one transaction, so that no mail is lost or written twice. Returns whether there are more rows.
 */
export async function fill(tx: Transaction, rules: FillingRules, now: string): Promise<boolean> {
  const journal = journalRepository(tx)
  const cursor = await journal.cursor()
  if (cursor === undefined) {
    await journal.begin()
    return false
  }
  const rows = await journal.after(cursor, ROWS_AT_ONCE)
  let [last, read] = [cursor, 0]
  for (const row of rows) {
    if (read >= HISTORY_AT_ONCE) break
    read += await mailAbout(tx, rules, row, now)
    last = row.id
  }
  if (last > cursor) await journal.advance(last)
  return rows.length === ROWS_AT_ONCE || last < (rows.at(-1)?.id ?? 0)
}

/** Returns how many rows of a history were read for it. */
async function mailAbout(tx: Transaction, rules: FillingRules, row: JournalRow, now: string): Promise<number> {
  const { entityType, entityId, action } = row
  if (entityType === 'event' && entityId !== null) return mailAboutEvent(tx, rules, row, now)
  if (entityType === 'session' && action === 'login') await mailAboutSignIn(tx, row)
  if (entityType === 'user' && action === 'register') await askWhoseAddress(tx, rules, row, now)
  return 0
}

async function mailAboutEvent(tx: Transaction, rules: FillingRules, row: JournalRow, now: string): Promise<number> {
  const id = row.entityId ?? ''
  const outbox = outboxRepository(tx)
  const rows = await journalRepository(tx).historyOf(id, row.id)
  const earlier = rows.filter(({ id: rowId }) => rowId < row.id)
  const [before, after] = [interviewFrom(id, earlier), row.action === 'delete' ? undefined : interviewFrom(id, rows)]
  await outbox.forgetReminders(id)
  const notices = noticesOf(before, after, row.occurredAt).map(notice => ({ notice, dueAt: row.occurredAt }))
  const wanted = [...notices, ...remindersOf(after, rules, now)]
  const interviewers = wanted.flatMap(({ notice }) => notice.to.interviewerId ?? [])
  const preferences = await peopleRepository(tx).preferences(interviewers)
  for (const { notice, dueAt } of wanted) {
    const chosen = preferences.get(notice.to.interviewerId ?? '')
    if (!wants(chosen, notice.kind)) continue
    const { kind, to } = notice
    const mail = { id: newId(), kind, eventId: id, recipient: to.address, dueAt }
    await outbox.insert({ ...mail, ...said(notice, chosen?.timezone, { rules, at: row.occurredAt }) })
  }
  return rows.length
}

/** A mail that cannot be written, because its address is invalid, is dead and says why; it delays no other mail. */
function said(
  notice: Notice,
  zone: string | undefined,
  { rules, at }: { readonly rules: FillingRules; readonly at: string },
): Pick<NewMail, 'subject' | 'message' | 'problem'> {
  const { subject, ...letter } = letterOf(notice, zone ?? notice.interview.timezone)
  try {
    const calendar = calendarFor(notice, rules, at)
    return { subject, message: messageText({ name: notice.to.name, ...letter, calendar }) }
  } catch (error) {
    return { subject, message: '{}', problem: error instanceof Error ? error.message : String(error) }
  }
}

/** Reminders that are due later. They are written again at every change, so that they follow their interview. */
function remindersOf(
  interview: Interview | undefined,
  { reminders }: FillingRules,
  now: string,
): { notice: Notice; dueAt: string }[] {
  if (interview?.status !== 'scheduled') return []
  return reminders
    .map(before => new Date(Date.parse(interview.startsAt) - before).toISOString())
    .filter(dueAt => dueAt > now)
    .flatMap(dueAt => peopleOf(interview).map(to => ({ notice: { kind: 'reminder', to, interview }, dueAt })))
}

/** Notifies an account that has signed in before, but never from this place; at no address that nobody has proved. */
async function mailAboutSignIn(
  tx: Transaction,
  { entityId, changes, occurredAt, ip, userAgent }: JournalRow,
): Promise<void> {
  const { userId }: Partial<Record<string, { to: unknown }>> = fromJson(changes)
  const people = peopleRepository(tx)
  const account = await people.account(String(userId?.to))
  if (!account?.emailVerified || !wants(account, 'sign_in')) return
  const from = { ip: ip ?? 'unknown', userAgent: userAgent ?? 'unknown' }
  const place = { userId: String(userId?.to), sessionId: entityId ?? '', at: occurredAt, ...from }
  const earlier = await people.earlierSessions(place)
  if (!earlier || earlier.total === 0 || earlier.fromHere > 0) return
  const letter = signInLetter(occurredAt, account.timezone, from)
  await outboxRepository(tx).insert({
    id: newId(),
    kind: 'sign_in',
    eventId: null,
    recipient: account.email,
    subject: letter.subject,
    message: messageText({ name: '', ...letter }),
    dueAt: occurredAt,
  })
}

/**
 * Mails a code to the address that somebody registered with; once a day to each address, however many register with it.
 * Nothing that they wrote is in it.
 */
async function askWhoseAddress(tx: Transaction, rules: FillingRules, row: JournalRow, now: string): Promise<void> {
  const userId = row.entityId ?? ''
  const outbox = outboxRepository(tx)
  const account = await peopleRepository(tx).account(userId)
  if (!account || account.emailVerified || (await outbox.isAskedLately(account.email, after(now, -DAY_MS)))) return
  const [code, expiresAt] = [randomSecret(), after(now, CODE_LIVES_MS)]
  await confirmationStore(tx).keep(code, userId, { now, expiresAt })
  const { subject, ...letter } = confirmationLetter(rules.host, code, expiresAt)
  const message = messageText({ name: '', ...letter })
  const mail = {
    id: newId(),
    kind: 'confirmation',
    eventId: null,
    recipient: account.email,
    dueAt: row.occurredAt,
  } as const
  await outbox.insert({ ...mail, subject, message })
}

function after(now: string, milliseconds: number): string {
  return new Date(Date.parse(now) + milliseconds).toISOString()
}

function wants(preferences: Preferences | undefined, kind: keyof typeof CHOICE): boolean {
  return preferences === undefined || preferences.notifications[CHOICE[kind]]
}
