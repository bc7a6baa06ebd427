import type { Feature } from '../../plugins/feature.ts'
import { PUBLIC_INTERNET, safeFetcher, type SafeFetch } from './fetching.ts'
import { CalendarPoller } from './poller.ts'
import { importedCalendarsRoutes } from './routes.ts'

export interface ImportedCalendarsOptions {
  /** The default reads addresses of the public internet alone. */
  readonly calendarFetcher?: SafeFetch | undefined
}

export const importedCalendarsFeature: Feature<ImportedCalendarsOptions> = {
  name: 'imported-calendars',
  dependencies: ['db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi'],
  scope: 'availability',
  async plugin(app, { calendarFetcher: fetch = safeFetcher(PUBLIC_INTERNET) }) {
    const { db, audit, log } = app
    const poller = new CalendarPoller({ db, audit, log, fetch })
    app.addHook('onReady', async () => poller.start())
    app.addHook('onClose', () => poller.stop())
    await app.register(importedCalendarsRoutes, { prefix: '/api/interviewers', fetch })
  },
}
