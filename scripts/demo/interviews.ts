import type { PanelMember } from '../../domain/interviews/schemas.ts'
import type { NewEvent } from '../../features/events/schemas.ts'
import type { Interviewer } from '../../features/interviewers/schemas.ts'
import { Diary, weekOf, type Slot } from './diary.ts'
import { demoCandidate } from './people.ts'
import { pick, randomOf, whole, type Random } from './random.ts'
import { instantAt, wallTimeAt } from './wall-clock.ts'
import { NOTES } from './words.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const FIRST_START = 9 * 60
const LAST_END = 17 * 60
/** About a third of the working week, at two hours of people's time for each interview. */
const INTERVIEWS_A_WEEK = 5
const FEWEST_WEEKS = 3
/** How much of the time lies behind. */
const PAST = 0.4
/** How often a time is drawn before the weeks are stretched, before the panel shrinks, and before there is none. */
const DRAWS = 25
const DRAWS_AT_MOST = 2_000
const PEOPLE_ASKED = 60

/** What kinds there are, how often, how long and with how many people. */
const KINDS = [
  { type: 'phone_screen', title: 'Phone screen', minutes: 30, people: 1 },
  { type: 'technical', title: 'Technical interview', minutes: 60, people: 2 },
  { type: 'technical', title: 'Technical interview', minutes: 60, people: 2 },
  { type: 'coding', title: 'Pairing session', minutes: 90, people: 2 },
  { type: 'system_design', title: 'System design', minutes: 60, people: 2 },
  { type: 'behavioral', title: 'Conversation with the team', minutes: 45, people: 2 },
  { type: 'hiring_manager', title: 'Hiring manager', minutes: 45, people: 1 },
  { type: 'panel', title: 'Panel interview', minutes: 60, people: 4 },
  { type: 'onsite', title: 'On-site conversation', minutes: 60, people: 3 },
] as const

type Type = Interviewer['interviewTypes'][number]

export interface PlannedInterview {
  readonly number: number
  readonly event: NewEvent
  readonly endsAt: number
}

export interface PlanOptions {
  readonly seed: number
  /** How many there will be, which decides over how many weeks they are spread. */
  readonly interviews: number
  /** Those who can be booked. */
  readonly people: readonly [Interviewer, ...Interviewer[]]
  /** Milliseconds. */
  readonly now: number
}

/** Finds times at which a panel works and is free; nobody is planned twice. The same plan for the same week and seed. */
export class Planner {
  readonly #options: PlanOptions
  readonly #weeks: number
  readonly #diary = new Diary()
  readonly #able = new Map<Type, PlanOptions['people']>()

  constructor(options: PlanOptions) {
    this.#options = options
    this.#weeks = Math.max(FEWEST_WEEKS, Math.ceil(options.interviews / (options.people.length * INTERVIEWS_A_WEEK)))
  }

  /** Interview number `number`; with another `attempt`, at another time. */
  plan(number: number, attempt = 0): PlannedInterview {
    const { seed } = this.#options
    const random = randomOf(`${seed} interview ${number} attempt ${attempt}`)
    const kind = pick(random, KINDS)
    const candidate = demoCandidate(seed, Math.ceil(number / 2) + whole(random, 0, 1))
    for (let draw = 0; draw < DRAWS_AT_MOST; draw += 1) {
      const lead = pick(random, this.#peopleFor(kind.type))
      const slot = this.#slot(random, lead.timezone, kind.minutes, 1 + Math.floor(draw / DRAWS))
      if (!this.#diary.isFree(candidate.email, slot) || !this.#diary.hasTime(lead, slot)) continue
      const panel = this.#panel(random, lead, slot, kind.people)
      if (panel.length < kind.people && draw < DRAWS) continue
      this.#diary.take(candidate.email, slot)
      for (const person of panel) this.#diary.book(person, slot)
      return { number, event: eventFrom({ random, seed, number, kind, candidate, slot, panel }), endsAt: slot.to }
    }
    throw new Error('There is no time left for so many interviews with so few interviewers')
  }

  /** Those who do such interviews, or everybody when nobody does. */
  #peopleFor(type: Type): PlanOptions['people'] {
    const known = this.#able.get(type)
    if (known) return known
    const [first, ...others] = this.#options.people.filter(({ interviewTypes }) => interviewTypes.includes(type))
    const able = first ? ([first, ...others] as const) : this.#options.people
    this.#able.set(type, able)
    return able
  }

  /** Some time of the weeks around now, on the half hour of a working day where the lead is. */
  #slot(random: Random, zone: string, minutes: number, stretch: number): Slot {
    const weeks = this.#weeks * stretch
    const monday = weekOf(wallTimeAt(zone, this.#options.now).day) + whole(random, 0, weeks - 1) * 7 * DAY_MS
    const day = monday - Math.floor(weeks * PAST) * 7 * DAY_MS + whole(random, 0, 4) * DAY_MS
    const start = FIRST_START + whole(random, 0, Math.floor((LAST_END - FIRST_START - minutes) / 30)) * 30
    const from = instantAt(zone, day, start)
    return { from, to: from + minutes * MINUTE_MS }
  }

  /** The lead and others who can come, of the many as many as are wanted. */
  #panel(random: Random, lead: Interviewer, slot: Slot, size: number): Interviewer[] {
    const panel = [lead]
    for (let asked = 0; asked < PEOPLE_ASKED && panel.length < size; asked += 1) {
      const person = pick(random, this.#options.people)
      if (!panel.includes(person) && this.#diary.hasTime(person, slot)) panel.push(person)
    }
    return panel
  }
}

interface Parts {
  readonly random: Random
  readonly seed: number
  readonly number: number
  readonly kind: (typeof KINDS)[number]
  readonly candidate: ReturnType<typeof demoCandidate>
  readonly slot: Slot
  readonly panel: readonly Interviewer[]
}

function eventFrom({ random, seed, number, kind, candidate, slot, panel }: Parts): NewEvent {
  const last = panel.length - 1
  const withShadow = last >= 2 && random() < 0.3
  return {
    title: kind.title,
    type: kind.type,
    startsAt: new Date(slot.from).toISOString(),
    endsAt: new Date(slot.to).toISOString(),
    timezone: panel[0]?.timezone ?? 'UTC',
    panel: panel.map(({ id }, seat) => ({ interviewerId: id, role: roleOf(seat, withShadow && seat === last) })),
    candidateName: candidate.name,
    candidateEmail: candidate.email,
    position: candidate.position,
    meetingUrl: `https://meet.example.com/${whole(random, 100, 999)}-${whole(random, 1000, 9999)}`,
    notes: random() < 0.3 ? pick(random, NOTES) : null,
    externalId: `${externalIdPrefix(seed)}${number}`,
  }
}

function roleOf(seat: number, shadow: boolean): PanelMember['role'] {
  if (seat === 0) return 'lead'
  return shadow ? 'shadow' : 'interviewer'
}

/** What the interviews of a seed are known by, so that none is made twice. */
export function externalIdPrefix(seed: number): string {
  return `demo-${seed}-`
}
