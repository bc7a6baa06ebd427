import { BLANK, type Event } from '../../domain/interviews/schemas.ts'
import { fromJson } from '../../domain/sql.ts'
import type { HistoryRow } from './journal-repository.ts'

/** An interview as the journal knows it; what changes with every write is not in the journal. */
export type Interview = Omit<Event, 'version' | 'updatedAt'>

/** What a row of the journal says of an interview. A field that was null and still is does not appear. */
type Changes = { readonly [Field in keyof Interview]?: { readonly to: Interview[Field] } }

/** Takes the rows of an interview, from the first on. Returns what they made of it; undefined when it was not booked. */
export function interviewFrom(id: string, rows: readonly HistoryRow[]): Interview | undefined {
  const interview: Interview = { ...BLANK, id, createdAt: rows[0]?.occurredAt ?? '' }
  for (const { changes } of rows) {
    const changed = Object.entries(fromJson<Changes>(changes))
    Object.assign(interview, Object.fromEntries(changed.map(([field, { to }]) => [field, to])))
  }
  return interview.title && interview.startsAt ? interview : undefined
}
