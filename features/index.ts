import type { FastifyPluginAsync } from 'fastify'
import { auditLogsFeature } from './audit-logs/index.ts'
import { authFeature } from './auth/index.ts'
import { availabilityFeature } from './availability/index.ts'
import { backupsFeature } from './backups/index.ts'
import { cacheFeature } from './cache/index.ts'
import { calendarsPlugin } from '../domain/panels/people.ts'
import { calendarFeature } from './calendar/index.ts'
import { eventsFeature } from './events/index.ts'
import { googleFeature, type GoogleOptions } from './google/index.ts'
import { importedCalendarsFeature, type ImportedCalendarsOptions } from './imported-calendars/index.ts'
import { interviewersFeature } from './interviewers/index.ts'
import { mailDelivery, outboxFeature } from './outbox/index.ts'
import { passwordsPlugin } from '../plugins/passwords.ts'
import { portfolioFeature } from './portfolio/index.ts'
import { profileFeature } from './profile/index.ts'
import { reportsFeature } from './reports/index.ts'
import { sessionsFeature } from './sessions/index.ts'
import { tasksFeature } from './tasks/index.ts'
import { tokensFeature } from './tokens/index.ts'
import { userCountFeature } from './usercount/index.ts'
import { usersFeature } from './users/index.ts'

/** How the document groups the routes. */
export const tags = [
  { name: 'auth', description: 'Sign in, stay signed in, sign out' },
  { name: 'sessions', description: 'Where somebody is signed in' },
  { name: 'tokens', description: 'Credentials for scripts' },
  { name: 'users', description: 'The accounts of the people who work here' },
  { name: 'interviewers', description: 'The people who interview' },
  { name: 'events', description: 'Interviews: booked, moved, answered, ended. Nobody is ever booked twice' },
  { name: 'availability', description: 'The hours people can give, and when a panel can meet' },
  { name: 'calendar', description: 'Interviews in the calendars that people have: files, feeds, answers' },
  { name: 'portfolio', description: 'What a candidate is shown of the person across the table' },
  { name: 'tasks', description: 'What somebody has to do, by when' },
  { name: 'profile', description: 'The own name, time zone, notifications and password' },
  { name: 'audit', description: 'The journal: who changed what, and when' },
  { name: 'reports', description: 'Who carries how much' },
  { name: 'backups', description: 'Copies of everything, to restore it from' },
  { name: 'operations', description: 'How the program is' },
]

export type FeatureOptions = GoogleOptions & ImportedCalendarsOptions

/** Every feature there is. */
export const features: FastifyPluginAsync<FeatureOptions> = async (app, { identityProvider, calendarFetcher }) => {
  await app.register(passwordsPlugin)
  await app.register(calendarsPlugin)
  await app.register(mailDelivery)
  await app.register(authFeature)
  await app.register(googleFeature, { identityProvider })
  await app.register(sessionsFeature)
  await app.register(tokensFeature)
  await app.register(usersFeature)
  await app.register(userCountFeature)
  await app.register(interviewersFeature)
  await app.register(eventsFeature)
  await app.register(availabilityFeature)
  await app.register(calendarFeature)
  await app.register(importedCalendarsFeature, { calendarFetcher })
  await app.register(portfolioFeature)
  await app.register(tasksFeature)
  await app.register(profileFeature)
  await app.register(reportsFeature)
  await app.register(auditLogsFeature)
  await app.register(outboxFeature)
  await app.register(cacheFeature)
  await app.register(backupsFeature)
}
