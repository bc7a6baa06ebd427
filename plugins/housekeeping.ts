import fp from 'fastify-plugin'
import { nextTurn } from './turns.ts'

/** What has expired is gone within the hour, also after a start and when a round fails. */
const EVERY_MS = 20 * 60_000

/** Removes a piece of what has been kept long enough at `now`, in ms since 1970; returns whether there is more. */
export type Chore = (now: number) => Promise<boolean>

declare module 'fastify' {
  interface FastifyInstance {
    readonly housekeeping: {
      /** Adds a chore; `what` is what it forgets. */
      add(what: string, chore: Chore): void
      /** Does every chore to its end; what fails is logged and done in the next round. */
      work(now?: number): Promise<void>
    }
  }
}

/**
 * `app.housekeeping`: forgets by the clock what need not be kept any longer, in the background. Instances need no
 * agreement on who does it: one transaction writes at a time, and what one of them has removed the next does not find.
 */
export const housekeepingPlugin = fp(
  async app => {
    const chores = new Map<string, Chore>()
    let round: Promise<void> | undefined
    let timer: NodeJS.Timeout | undefined
    let closing = false

    const all = async (now: number) => {
      for (const [what, chore] of chores) {
        try {
          while (!closing && (await chore(now))) await nextTurn()
        } catch (error) {
          app.log.warn({ err: error, what }, 'what has expired could not be removed; trying again later')
        }
      }
    }
    const work = (now = Date.now()) => (round ??= all(now).finally(() => (round = undefined)))

    app.decorate('housekeeping', { add: (what: string, chore: Chore) => void chores.set(what, chore), work })
    app.addHook('onReady', async () => {
      timer = setInterval(() => void work(), EVERY_MS).unref()
    })
    app.addHook('onClose', async () => {
      closing = true
      clearInterval(timer)
      await round
    })
  },
  { name: 'housekeeping' },
)
