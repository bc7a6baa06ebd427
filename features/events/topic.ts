import type { Topic } from '../../plugins/realtime/topic.ts'
import type { Event, PanelMember } from '../../domain/interviews/schemas.ts'
import { isList } from '../../domain/lists/fields.ts'
import { isStaff } from '../../domain/accounts/visibility.ts'
import { eventsRepository } from './repository.ts'

const PANEL = 'panel' satisfies keyof Event
const INTERVIEWER = 'interviewerId' satisfies keyof PanelMember

/** Staff follow every interview; an interviewer follows those they take part in. */
export const eventsTopic: Topic = {
  name: 'EVENTS',
  entityType: 'event',
  scope: 'events',
  tables: ['events', 'event_panel', 'interviewers'],
  seesAll: isStaff,
  find: async (sql, ids) => new Map((await eventsRepository(sql).findAll(ids)).map(event => [event.id, event])),
  audiences: async (sql, events) => {
    const panels = events.map(event => seatedOn(event[PANEL]))
    const users = await eventsRepository(sql).usersOf([...new Set(panels.flat())])
    return panels.map(panel => new Set(panel.flatMap(id => users.get(id) ?? [])))
  },
}

/** The ids of the interviewers of a panel, which may come from the journal. */
function seatedOn(panel: unknown): string[] {
  const members: unknown[] = isList(panel) ? panel : []
  return members.flatMap(member =>
    typeof member === 'object' && member !== null && INTERVIEWER in member ? [String(member[INTERVIEWER])] : [],
  )
}
