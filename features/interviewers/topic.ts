import type { Topic } from '../../plugins/realtime/topic.ts'
import { interviewersRepository } from './repository.ts'

/** The directory is for anyone signed in. */
export const interviewersTopic: Topic = {
  name: 'INTERVIEWERS',
  entityType: 'interviewer',
  scope: 'interviewers',
  tables: ['interviewers'],
  seesAll: () => true,
  find: async (sql, ids) => new Map((await interviewersRepository(sql).findAll(ids)).map(one => [one.id, one])),
  audiences: async (_sql, things) => things.map(() => new Set()),
}
