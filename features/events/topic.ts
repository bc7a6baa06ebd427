import type { Topic } from '../../plugins/realtime/topic.ts'
import { isList } from '../../domain/lists/fields.ts'
import { isStaff } from '../../domain/accounts/visibility.ts'
import { eventsRepository } from './repository.ts'

/** Staff follow every interview, an interviewer those they sit in. */
export const eventsTopic: Topic = {
  name: 'EVENTS',
  entityType: 'event',
  scope: 'events',
  tables: ['events', 'event_panel', 'interviewers'],
  seesAll: isStaff,
  find: async (sql, ids) => new Map((await eventsRepository(sql).findAll(ids)).map(event => [event.id, event])),
  audience: async (sql, { panel }) => new Set(await eventsRepository(sql).usersOf(seatedOn(panel))),
}

/** The interviewers of a panel, as the journal may have it. */
function seatedOn(panel: unknown): string[] {
  const members: unknown[] = isList(panel) ? panel : []
  return members.flatMap(member =>
    typeof member === 'object' && member !== null && 'interviewerId' in member ? [String(member.interviewerId)] : [],
  )
}
