import fp from 'fastify-plugin'
import type { Weekday } from '../scheduling/availability.ts'
import { Zones } from '../scheduling/zones.ts'
import { KeptCalendars, NO_MEMORY, type CalendarMemory } from './memory.ts'
import { Explained, Score } from './schemas.ts'

/** What all arithmetic with calendars shares. */
export interface CalendarRules {
  /** Remembers the clocks of zones, and is of use only as long as there is one. */
  readonly zones: Zones
  readonly weekStartsOn: Weekday
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly calendars: CalendarRules
    /** What has been read of calendars outside a transaction; remembers nothing where the cache is off. */
    readonly calendarMemory: CalendarMemory
  }
}

/** `app.calendars` and `app.calendarMemory`: one of each for all features. */
export const calendarsPlugin = fp(
  async app => {
    for (const schema of [Score, Explained]) app.addSchema(schema)
    const { WEEK_STARTS_ON: weekStartsOn, CACHE_MAX_BYTES } = app.config
    app.decorate('calendars', { zones: new Zones(), weekStartsOn })
    app.decorate('calendarMemory', CACHE_MAX_BYTES === 0 ? NO_MEMORY : new KeptCalendars(app))
  },
  { name: 'calendars', dependencies: ['config', 'changes'] },
)
