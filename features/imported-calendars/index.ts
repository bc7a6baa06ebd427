import fp from 'fastify-plugin'
import type { SafeFetch } from '../../plugins/safe-fetch.ts'
import { CalendarPoller } from './poller.ts'
import { importedCalendarsRoutes } from './routes.ts'

export interface ImportedCalendarsOptions {
  /** In the place of `app.safeFetch`. */
  readonly calendarFetcher?: SafeFetch | undefined
}

export const importedCalendarsFeature = fp<ImportedCalendarsOptions>(
  async (app, { calendarFetcher: fetch = app.safeFetch }) => {
    const { db, audit, log } = app
    const poller = new CalendarPoller({ db, audit, log, fetch })
    app.addHook('onReady', async () => poller.start())
    app.addHook('onClose', () => poller.stop())
    app.scope('availability')
    await app.register(importedCalendarsRoutes, { prefix: '/api/interviewers', fetch })
  },
  {
    name: 'imported-calendars',
    dependencies: ['db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi', 'safe-fetch'],
    encapsulate: true,
  },
)
