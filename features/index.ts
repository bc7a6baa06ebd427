import type { FastifyPluginAsync } from 'fastify'
import { auditLogsFeature } from './audit-logs/index.ts'
import { authFeature } from './auth/index.ts'
import { eventsFeature } from './events/index.ts'
import { interviewersFeature } from './interviewers/index.ts'
import { passwordsPlugin } from './passwords.ts'
import { sessionsFeature } from './sessions/index.ts'
import { userCountFeature } from './usercount/index.ts'
import { usersFeature } from './users/index.ts'

/** How the document groups the routes. */
export const tags = [
  { name: 'auth', description: 'Sign in, stay signed in, sign out' },
  { name: 'sessions', description: 'Where somebody is signed in' },
  { name: 'users', description: 'The accounts of the people who work here' },
  { name: 'interviewers', description: 'The people who interview' },
  { name: 'events', description: 'Interviews: booked, moved, answered, ended. Nobody is ever booked twice' },
  { name: 'audit', description: 'The journal: who changed what, and when' },
  { name: 'operations', description: 'How the program is' },
]

/** Every feature there is. */
export const features: FastifyPluginAsync = async app => {
  await app.register(passwordsPlugin)
  await app.register(authFeature)
  await app.register(sessionsFeature)
  await app.register(usersFeature)
  await app.register(userCountFeature)
  await app.register(interviewersFeature)
  await app.register(eventsFeature)
  await app.register(auditLogsFeature)
}
