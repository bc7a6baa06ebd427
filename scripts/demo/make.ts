import type { Database } from '../../db/database.ts'
import { cancel, complete, noShow, type Transition } from '../../features/events/transitions.ts'
import { eventsService } from '../../features/events/service.ts'
import type { Interviewer, NewInterviewer } from '../../features/interviewers/schemas.ts'
import { interviewersService } from '../../features/interviewers/service.ts'
import { Zones } from '../../domain/scheduling/zones.ts'
import { commandLine } from '../../plugins/actor.ts'
import { auditLogger } from '../../plugins/audit-logger.ts'
import type { Caller } from '../../plugins/auth.ts'
import { idempotency } from '../../plugins/idempotency.ts'
import { presentAccounts } from './accounts.ts'
import { inFlight } from './in-flight.ts'
import { externalIdPrefix, Planner, type PlannedInterview } from './interviews.ts'
import { demoDomain, demoInterviewer } from './people.ts'
import { makePortfolios, PORTFOLIOS } from './portfolios.ts'
import { numbers, pick, randomOf } from './random.ts'
import { handOutTasks, makeTasks, plannedTasks } from './tasks.ts'
import { CANCELLATIONS } from './words.ts'

const ATTEMPTS = 50
/** Refusals after which another time may do. */
const ANOTHER_TIME = new Set(['EVENT_OVERLAP', 'LOAD_LIMIT', 'TIME_OFF'])

const INTERVIEWERS_OF_DOMAIN = `SELECT id, lower(email) AS email FROM interviewers WHERE lower(email) LIKE :pattern`
const EXTERNAL_IDS = `SELECT external_id AS "externalId" FROM events WHERE external_id >= :from AND external_id < :to`

export interface DemoOptions {
  readonly seed: number
  readonly interviewers: number
  readonly events: number
  /** Milliseconds since 1970; now by default. */
  readonly now?: number
  /** Called once for each interviewer, interview, task and portfolio that is done. */
  readonly onStep?: () => void
}

export interface Counts {
  readonly made: number
  readonly kept: number
}

export interface DemoReport {
  readonly interviewers: Counts
  readonly events: Counts
  readonly tasks: Counts
  readonly portfolios: Counts
  /** Interviews for which another time was found, because somebody was busy with what was there before. */
  readonly moved: number
  /** Interviewers 1 to so many, as they are now. */
  readonly people: readonly Interviewer[]
}

/** How often `onStep` will be called. */
export function stepsOf({ seed, interviewers, events }: DemoOptions): number {
  return interviewers + events + plannedTasks(seed, events).length + Math.min(PORTFOLIOS, interviewers)
}

/**
 * Makes demo data through the services, so that claims, counters and the journal are right. Content depends on the seed
 * alone, times also on the week. What an earlier run with the seed has made is kept and not made again.
 */
export async function makeDemoData(database: Database, options: DemoOptions): Promise<DemoReport> {
  const { seed, now = Date.now(), onStep = () => undefined } = options
  const maker = new Maker(database, now)
  const team = await maker.team(seed, options.interviewers, onStep)
  const [first, ...others] = team.people.filter(({ status }) => status === 'active')
  if (!first) throw new Error(`None of the interviewers at ${demoDomain(seed)} is active any more; use another --seed`)
  const planner = new Planner({ seed, interviews: options.events, people: [first, ...others], now })
  const known = await maker.interviewsOf(seed)
  // Those that are there are planned too: their time is then left free in the plan.
  const plans = numbers(options.events).map(number => planner.plan(number))
  const missing = plans.filter(({ number }) => !known.has(`${externalIdPrefix(seed)}${number}`))
  const kept = plans.length - missing.length
  for (let step = 0; step < kept; step += 1) onStep()
  let moved = 0
  await inFlight(missing, async plan => {
    moved += await maker.interview(planner, seed, plan)
    onStep()
  })
  const portfolios = await makePortfolios(database, { seed, people: team.people, onStep })
  const tasks = await makeTasks(database, { seed, interviews: options.events, now, onStep })
  await handOutTasks(database, await presentAccounts(database))
  const events = { made: missing.length, kept }
  return { interviewers: team.counts, events, tasks, portfolios, moved, people: team.people }
}

class Maker {
  readonly #database: Database
  readonly #now: number
  readonly #caller: Caller = { ...commandLine, role: 'admin' }
  readonly #interviewers: ReturnType<typeof interviewersService>
  readonly #events: ReturnType<typeof eventsService>

  constructor(database: Database, now: number) {
    const parts = { db: database, audit: auditLogger, idempotency: idempotency(database) }
    this.#database = database
    this.#now = now
    this.#interviewers = interviewersService(parts)
    this.#events = eventsService({ ...parts, calendars: { zones: new Zones(), weekStartsOn: 'monday' } })
  }

  /** Interviewers 1 to `count` of a seed, in their order. */
  async team(seed: number, count: number, onStep: () => void) {
    const pattern = `%@${demoDomain(seed)}`
    const rows = await this.#database.many<{ id: string; email: string }>(INTERVIEWERS_OF_DOMAIN, { pattern })
    const known = new Map(rows.map(({ id, email }) => [email, id]))
    const bodies = numbers(count).map(number => demoInterviewer(seed, number))
    const people = new Map<NewInterviewer, Interviewer>()
    let kept = 0
    await inFlight(bodies, async body => {
      const id = known.get(body.email)
      if (id !== undefined) kept += 1
      people.set(
        body,
        await (id === undefined ? this.#interviewers.create(this.#caller, body) : this.#interviewers.find(id)),
      )
      onStep()
    })
    return { people: bodies.flatMap(body => people.get(body) ?? []), counts: { made: count - kept, kept } }
  }

  /** The external ids of a seed's interviews; ":" is the character after "9". */
  async interviewsOf(seed: number): Promise<ReadonlySet<string>> {
    const from = externalIdPrefix(seed)
    const rows = await this.#database.many<{ externalId: string }>(EXTERNAL_IDS, { from, to: `${from}:` })
    return new Set(rows.map(({ externalId }) => externalId))
  }

  /** Books one and, as time went by, ends it. 1 when it needed another time than was planned, else 0. */
  async interview(planner: Planner, seed: number, planned: PlannedInterview): Promise<number> {
    let plan = planned
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { id } = await this.#events.create(this.#caller, plan.event)
        const transition = this.#whatBecame(seed, plan)
        if (transition) await this.#events.perform({ actor: this.#caller, id, expected: undefined }, transition)
        return attempt > 1 ? 1 : 0
      } catch (error) {
        if (attempt === ATTEMPTS || !wantsAnotherTime(error)) throw error
        plan = planner.plan(plan.number, attempt)
      }
    }
  }

  /** Most of what is over took place; a few are called off before or after. */
  #whatBecame(seed: number, { number, endsAt }: PlannedInterview): Transition | undefined {
    const random = randomOf(`${seed} outcome ${number}`)
    const luck = random()
    if (luck < 0.07) return cancel(pick(random, CANCELLATIONS))
    if (endsAt > this.#now) return undefined
    if (luck < 0.11) return noShow(luck < 0.1 ? 'candidate' : 'interviewer')
    return complete()
  }
}

function wantsAnotherTime(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ANOTHER_TIME.has(String(error.code))
}
