import type { Database } from '../../db/database.ts'
import type { User } from '../../domain/accounts/account.ts'
import type { NewTask, Task } from '../../features/tasks/schemas.ts'
import { tasksService } from '../../features/tasks/service.ts'
import { commandLine } from '../../plugins/actor.ts'
import { auditLogger } from '../../plugins/audit-logger.ts'
import type { Caller } from '../../plugins/auth.ts'
import { idempotency } from '../../plugins/idempotency.ts'
import { inFlight } from './in-flight.ts'
import { externalIdPrefix } from './interviews.ts'
import { numbers, pick, randomOf, some, whole } from './random.ts'
import { NOTES, OTHER_TASKS, TASKS_OF_INTERVIEWS } from './words.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** One interview in so many has tasks. */
const EVERY = 4
const DUE_HOUR = 17

const INTERVIEWS = `SELECT id, external_id AS "externalId", starts_at AS "startsAt" FROM events
  WHERE external_id >= :from AND external_id < :to`
const TASKS = `SELECT tasks.title, events.external_id AS "externalId"
  FROM tasks LEFT JOIN events ON events.id = tasks.event_id
  WHERE tasks.event_id IS NULL OR (external_id >= :from AND external_id < :to)`
/** Those nobody has looked at, each with somebody of its panel who has an account. */
const UNTOUCHED = `SELECT tasks.id, tasks.title, tasks.event_id AS "eventId",
    (SELECT min(interviewers.user_id) FROM event_panel JOIN interviewers ON interviewers.id = event_panel.interviewer_id
     WHERE event_panel.event_id = tasks.event_id) AS "panelist"
  FROM tasks WHERE created_by IS NULL AND assignee_id IS NULL AND version = 1`

const OWNERS = new Map<string, User['role']>(
  [...TASKS_OF_INTERVIEWS, ...OTHER_TASKS].map(({ title, of }) => [title, of]),
)

export interface TaskOptions {
  readonly seed: number
  /** How many interviews of the seed there are. */
  readonly interviews: number
  /** Milliseconds. */
  readonly now: number
  readonly onStep: () => void
}

interface PlannedTask {
  readonly title: string
  /** When it is due: so many days after its interview, or after now; null for never. */
  readonly days: number | null
  /** The external id of the interview it is about. */
  readonly externalId: string | null
}

/** A few for each of some interviews, and some without: always the same for a seed. */
export function plannedTasks(seed: number, interviews: number): PlannedTask[] {
  const chosen = numbers(Math.ceil(interviews / EVERY)).map(count => (count - 1) * EVERY + 1)
  const ofInterviews = chosen.flatMap(number => {
    const random = randomOf(`${seed} tasks of interview ${number}`)
    const tasks = some(random, TASKS_OF_INTERVIEWS, whole(random, 1, 3))
    return tasks.map(({ title, days }) => ({ title, days, externalId: `${externalIdPrefix(seed)}${number}` }))
  })
  return [...ofInterviews, ...OTHER_TASKS.map(({ title, days }) => ({ title, days, externalId: null }))]
}

/** Makes the missing ones, known by interview and title. */
export async function makeTasks(database: Database, { seed, interviews, now, onStep }: TaskOptions) {
  const range = { from: externalIdPrefix(seed), to: `${externalIdPrefix(seed)}:` }
  const events = await database.many<{ id: string; externalId: string; startsAt: string }>(INTERVIEWS, range)
  const there = await database.many<Pick<PlannedTask, 'title' | 'externalId'>>(TASKS, range)
  const known = new Set(there.map(keyOf))
  const about = new Map(events.map(event => [event.externalId, event]))
  const { service, caller } = serviceOf(database)
  const plans = plannedTasks(seed, interviews)
  let made = 0
  await inFlight(plans, async plan => {
    const event = about.get(plan.externalId ?? '')
    if (!known.has(keyOf(plan)) && (event !== undefined || plan.externalId === null)) {
      await service.create(caller, taskFrom(seed, plan, now, event))
      made += 1
    }
    onStep()
  })
  return { made, kept: plans.length - made }
}

/** Gives tasks that were made before there were accounts to those whose work they are. */
export async function handOutTasks(database: Database, accounts: readonly User[]): Promise<void> {
  if (accounts.length === 0) return
  const { service, caller } = serviceOf(database)
  const tasks = await database.many<Pick<Task, 'id' | 'title' | 'eventId'> & { panelist: string | null }>(UNTOUCHED)
  await inFlight(tasks, async ({ id, title, eventId, panelist }) => {
    const role = OWNERS.get(title)
    const sitsInIt = accounts.find(account => account.id === panelist)
    const owner =
      role === 'interviewer' && eventId !== null ? sitsInIt : accounts.find(account => account.role === role)
    if (owner) await service.update(caller, id, { assigneeId: owner.id }, undefined)
  })
}

function serviceOf(database: Database): { service: ReturnType<typeof tasksService>; caller: Caller } {
  return {
    service: tasksService({ db: database, audit: auditLogger, idempotency: idempotency(database) }),
    caller: { ...commandLine, role: 'admin' },
  }
}

function taskFrom(seed: number, plan: PlannedTask, now: number, event?: { id: string; startsAt: string }): NewTask {
  const random = randomOf(`${seed} task ${keyOf(plan)}`)
  const start = event ? Date.parse(event.startsAt) : Math.floor(now / DAY_MS) * DAY_MS + (DUE_HOUR / 24) * DAY_MS
  const due = plan.days === null ? null : start + plan.days * DAY_MS
  return {
    title: plan.title,
    description: random() < 0.2 ? pick(random, NOTES) : null,
    priority: pick(random, [1, 2, 2, 3, 3, 3, 4, 5]),
    status: statusFrom(random(), due !== null && due < now),
    dueAt: due === null ? null : new Date(due).toISOString(),
    eventId: event?.id ?? null,
  }
}

/** Most of what was due is done. */
function statusFrom(luck: number, wasDue: boolean): Task['status'] {
  if (wasDue && luck < 0.8) return 'DONE'
  return luck < (wasDue ? 0.9 : 0.3) ? 'IN_PROGRESS' : 'TODO'
}

function keyOf({ externalId, title }: Pick<PlannedTask, 'title' | 'externalId'>): string {
  return `${externalId ?? ''} ${title}`
}
