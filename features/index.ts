import type { FastifyPluginAsync } from 'fastify'
import { calendarsPlugin } from '../domain/panels/calendars.ts'
import { declarationsOf, pluginOf, type Declarations, type Feature } from '../plugins/feature.ts'
import { passwordsPlugin } from '../plugins/passwords.ts'
import { auditLogsFeature } from './audit-logs/index.ts'
import { authFeature } from './auth/index.ts'
import { availabilityFeature } from './availability/index.ts'
import { backupsFeature } from './backups/index.ts'
import { cacheFeature } from './cache/index.ts'
import { calendarFeedsFeature } from './calendar-feeds/index.ts'
import { eventsFeature } from './events/index.ts'
import { googleFeature, type GoogleOptions } from './google/index.ts'
import { importedCalendarsFeature, type ImportedCalendarsOptions } from './imported-calendars/index.ts'
import { interviewersFeature } from './interviewers/index.ts'
import { mailDelivery, outboxFeature } from './outbox/index.ts'
import { portfolioFeature } from './portfolio/index.ts'
import { profileFeature } from './profile/index.ts'
import { reportsFeature } from './reports/index.ts'
import { sessionsFeature } from './sessions/index.ts'
import { tasksFeature } from './tasks/index.ts'
import { tokensFeature } from './tokens/index.ts'
import { userCountFeature } from './usercount/index.ts'
import { usersFeature } from './users/index.ts'

export type FeatureOptions = GoogleOptions & ImportedCalendarsOptions

/** Every feature there is: a new one is a line here. */
export const features: readonly Feature<FeatureOptions & Declarations>[] = [
  authFeature,
  googleFeature,
  sessionsFeature,
  tokensFeature,
  interviewersFeature,
  eventsFeature,
  availabilityFeature,
  calendarFeedsFeature,
  importedCalendarsFeature,
  usersFeature,
  userCountFeature,
  tasksFeature,
  profileFeature,
  portfolioFeature,
  reportsFeature,
  auditLogsFeature,
  outboxFeature,
  cacheFeature,
  backupsFeature,
]

/** What they declare, for those that serve it. */
export const declarations = declarationsOf(features)

/** Registers them, and what several of them stand on. */
export const featuresPlugin: FastifyPluginAsync<FeatureOptions> = async (app, options) => {
  await app.register(passwordsPlugin)
  await app.register(calendarsPlugin)
  await app.register(mailDelivery)
  for (const feature of features) await app.register(pluginOf(feature), { ...options, ...declarations })
}
