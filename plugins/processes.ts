import fp from 'fastify-plugin'
import { KeptPlaces } from './processes/kept-places.ts'

/** What is asked for of a limit within a window of time. */
export interface Ask {
  readonly key: string
  /** How many at once. */
  readonly many: number
  readonly limit: number
  readonly windowMs: number
}

/** What was given of it. */
export interface Share {
  /** How many had been given to anybody before, since the window began. */
  readonly before: number
  /** As many as were asked for, or what was left. */
  readonly granted: number
  /** How long the window still lasts: processes share no clock that never jumps. */
  readonly leftMs: number
}

/** Places, of which a limited number can be taken at a time. */
export interface Places {
  /** Takes one of so many places, unless all are taken. */
  enter(key: string, places: number): Promise<boolean>
  leave(key: string): void
}

/** Limits that several processes behind one port keep together; the places of one that dies are free. */
export interface SharedLimits extends Places {
  /** How many processes share them. */
  readonly count: number
  take(ask: Ask): Promise<Share>
}

/** All processes behind one port, as one of them sees them. */
export interface Processes extends SharedLimits {
  /** Says how this one answers when any of them asks all. */
  onAsked(answer: () => Promise<object>): void
  /** What each answers, this one too; without those that take too long. */
  askAll(): Promise<object[]>
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Undefined when this is the only process. */
    readonly processes: Processes | undefined
    /** The places of all processes behind one port together. */
    readonly places: Places
  }
}

export const processesPlugin = fp<{ processes: Processes | undefined }>(
  async (app, { processes }) => {
    app.decorate('processes', processes)
    app.decorate('places', processes ?? ownPlaces())
  },
  { name: 'processes' },
)

/** Those of a process that is alone. */
function ownPlaces(): Places {
  const places = new KeptPlaces()
  return { enter: async (key, many) => places.enter(key, many, 0), leave: key => places.leave(key, 0) }
}
