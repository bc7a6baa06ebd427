import type { Queryable } from '../../db/database.ts'
import type { Identity } from '../auth/identity.ts'
import { journal, type JournalRow } from './journal.ts'
import type { Topic, Thing } from './topic.ts'

const NOBODY: ReadonlySet<string> = new Set()

/** One row of the journal, written for those who may see what it tells of. */
export interface Message {
  readonly id: number
  readonly topic: Topic
  /** What somebody gets; undefined for whoever may not see it. */
  textFor(viewer: Identity): string | undefined
}

/**
 * The messages of some rows of one topic, in their order. What is sent is the thing as it is now, to those who may see
 * it now; those from whom a change has taken it learn that it is gone. What is no more is known from its last row.
 */
export async function messagesOf(sql: Queryable, topic: Topic, all: readonly JournalRow[]): Promise<Message[]> {
  const rows = all.filter(({ entityId }) => entityId !== '') // that a list was exported is about no one thing
  const ids = [...new Set(rows.map(({ entityId }) => entityId))]
  const present = ids.length === 0 ? new Map<string, object>() : await topic.find(sql, ids)
  const gone = ids.filter(id => !present.has(id))
  const remains = new Map<string, Thing>()
  for (const row of gone.length === 0 ? [] : await journal(sql).deletions(topic.entityType, gone)) {
    remains.set(row.entityId, asBefore({}, row))
  }
  const messages: Message[] = []
  for (const row of rows) {
    const now = present.get(row.entityId)
    messages.push(await messageOf(sql, topic, row, { now, last: { ...(now ?? remains.get(row.entityId)) } }))
  }
  return messages
}

interface States {
  readonly now: object | undefined
  readonly last: Thing
}

async function messageOf(sql: Queryable, topic: Topic, row: JournalRow, { now, last }: States): Promise<Message> {
  const { id, action } = row
  const after = now || action !== 'delete' ? await topic.audience(sql, last) : NOBODY
  const before = action === 'create' ? NOBODY : await topic.audience(sql, asBefore(last, row))
  const deleted = textOf(topic, row, 'DELETED', null)
  const news =
    action === 'delete' ? deleted : textOf(topic, row, action === 'create' ? 'CREATED' : 'UPDATED', now ?? null)
  return {
    id,
    topic,
    textFor(viewer) {
      if (topic.seesAll(viewer) || after.has(viewer.id)) return news
      return before.has(viewer.id) ? deleted : undefined
    },
  }
}

/** The thing as it was before a row changed it. */
function asBefore(thing: Thing, { changes }: JournalRow): Thing {
  const old = new Map<string, unknown>(Object.entries(changes).map(([field, { from }]) => [field, from]))
  return { ...thing, ...Object.fromEntries(old) }
}

function textOf(topic: Topic, { id, entityId, occurredAt }: JournalRow, deed: string, data: object | null): string {
  const type = `${topic.entityType.toUpperCase()}_${deed}`
  return JSON.stringify({ type, id, entityId, data, timestamp: occurredAt })
}
