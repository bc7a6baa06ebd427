import type { Transaction } from '../../db/database.ts'
import { commandLine, type Actor } from '../../plugins/actor.ts'
import type { AuditLogger } from '../../plugins/audit-logger.ts'
import { standingAfter, type Reading } from './reading.ts'
import { importedCalendarsRepository, type Source } from './repository.ts'
import type { ImportedCalendar } from './schemas.ts'

/** A calendar is a part of the interviewer, and its changes are of the interviewer's history. */
export const ENTITY = 'interviewer'

/** The name in the journal of the program when it polls calendars. */
const POLLING: Actor = { ...commandLine, name: 'calendar polling' }

/** Keeps what came of reading a calendar, and returns how it stands now. */
export async function keep(tx: Transaction, calendar: Source, reading: Reading): Promise<ImportedCalendar['status']> {
  const calendars = importedCalendarsRepository(tx)
  const standing = standingAfter(reading, calendar)
  const content = reading.kind === 'expanded' ? reading.content : undefined
  await (content ? calendars.read(calendar.id, standing, content) : calendars.checked(calendar.id, standing))
  if (reading.kind === 'expanded') await calendars.putBusy(calendar.id, reading.busy)
  return standing.status
}

/** Keeps a polled reading; the journal records when a calendar becomes unreadable, and when it is readable again. */
export async function keepPolled(tx: Transaction, audit: AuditLogger, id: string, reading: Reading): Promise<void> {
  const calendars = importedCalendarsRepository(tx)
  const source = await calendars.source(id)
  const before = source && (await calendars.find(source.interviewerId, id))
  if (!before) return // removed while it was read
  const status = await keep(tx, source, reading)
  const [was, is] = [before.status === 'unreadable', status === 'unreadable']
  const after = was === is ? undefined : await calendars.find(source.interviewerId, id)
  if (!after) return
  const action = is ? 'calendar_unreadable' : 'calendar_readable'
  await audit.record(tx, POLLING, {
    action,
    entityType: ENTITY,
    entityId: source.interviewerId,
    ...entryOf(before, after),
  })
}

/** The fields of a calendar that the journal holds; none of them leads to the calendar. */
export function entryOf(before: ImportedCalendar | undefined, after: ImportedCalendar | undefined) {
  const calendarId = (after ?? before)?.id
  return {
    ...(before && { before: fieldsOf(before) }),
    after: { calendarId, ...(after && fieldsOf(after)) },
  }
}

function fieldsOf({ name, source, host, status, problem, busy, expandedUntil }: ImportedCalendar) {
  return { name, source, host, status, problem, busy, expandedUntil }
}
