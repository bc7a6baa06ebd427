// What the first process and its workers tell each other.
import type { Config } from '../plugins/config.ts'
import type { Ask, Share } from '../plugins/processes.ts'

export type ToWorker =
  | { readonly type: 'start'; readonly config: Config }
  | { readonly type: 'end' }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly type: 'report'; readonly id: number }

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'listening' }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'reported'; readonly id: number; readonly report: object }
  | { readonly type: 'leave'; readonly key: string }
  | ({ readonly type: 'ask'; readonly id: number } & Question)

/** What a worker waits for an answer to. */
export type Question =
  | { readonly what: 'take'; readonly ask: Ask }
  | { readonly what: 'enter'; readonly key: string; readonly places: number }
  | { readonly what: 'reports' }

export type Answer = Share | boolean | { readonly reports: object[] }
