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
  const states = rows.map(row => {
    const now = present.get(row.entityId)
    const last: Thing = { ...(now ?? remains.get(row.entityId)) }
    return { row, now, last, before: asBefore(last, row) }
  })
  const audiences = await topic.audiences(sql, [...states.map(({ last }) => last), ...states.map(one => one.before)])
  return states.map(({ row, now }, index) => {
    const after = now || row.action !== 'delete' ? audiences[index] : NOBODY
    const before = row.action === 'create' ? NOBODY : audiences[rows.length + index]
    return messageOf(topic, row, { now, after: after ?? NOBODY, before: before ?? NOBODY })
  })
}

interface Seen {
  readonly now: object | undefined
  /** Who sees the thing after the change, and who saw it before. */
  readonly after: ReadonlySet<string>
  readonly before: ReadonlySet<string>
}

function messageOf(topic: Topic, row: JournalRow, { now, after, before }: Seen): Message {
  const deed = row.action === 'delete' ? 'DELETED' : row.action === 'create' ? 'CREATED' : 'UPDATED'
  const news = once(() => textOf(topic, row, deed, deed === 'DELETED' ? null : (now ?? null)))
  const deleted = once(() => textOf(topic, row, 'DELETED', null))
  return {
    id: row.id,
    topic,
    textFor(viewer) {
      if (topic.seesAll(viewer) || after.has(viewer.id)) return news()
      return before.has(viewer.id) ? deleted() : undefined
    },
  }
}

/** Makes a text when it is first wanted: most rows are for few. */
function once(make: () => string): () => string {
  let text: string | undefined
  return () => (text ??= make())
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
