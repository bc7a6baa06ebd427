import type { SafeFetch } from '../../plugins/safe-fetch.ts'
import type { Feature } from '../../plugins/feature.ts'
import { CalendarPoller } from './poller.ts'
import { importedCalendarsRoutes } from './routes.ts'

export interface ImportedCalendarsOptions {
  /** In the place of `app.safeFetch`. */
  readonly calendarFetcher?: SafeFetch | undefined
}

export const importedCalendarsFeature: Feature<ImportedCalendarsOptions> = {
  name: 'imported-calendars',
  dependencies: ['db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi', 'safe-fetch'],
  scope: 'availability',
  async plugin(app, { calendarFetcher: fetch = app.safeFetch }) {
    const { db, audit, log } = app
    const poller = new CalendarPoller({ db, audit, log, fetch })
    app.addHook('onReady', async () => poller.start())
    app.addHook('onClose', () => poller.stop())
    await app.register(importedCalendarsRoutes, { prefix: '/api/interviewers', fetch })
  },
}
