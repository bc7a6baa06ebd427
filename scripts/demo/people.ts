import type { Interviewer, NewInterviewer } from '../../features/interviewers/schemas.ts'
import { pick, randomOf, some, whole, type Random } from './random.ts'
import { DEPARTMENTS, POSITIONS, REGIONS, type Region } from './words.ts'

/** Everybody can talk with a candidate; what else somebody does depends on what they are. */
const TYPES_OF_ANYBODY = ['phone_screen', 'behavioral', 'panel', 'onsite'] as const
const TYPES_OF_MAKERS = ['technical', 'system_design', 'coding'] as const
const LEADING = /Lead|Manager|Head|Principal|Partner/
/** The first few can always be booked, so that the smallest of data sets works. */
const ALWAYS_ACTIVE = 3

/** Interviewer number `number` of a seed: always the same person, whatever the number of others. */
export function demoInterviewer(seed: number, number: number): NewInterviewer {
  const random = randomOf(`${seed} interviewer ${number}`)
  const region = pick(random, REGIONS)
  const name = nameFrom(random, region)
  const department = pick(random, DEPARTMENTS)
  const title = pick(random, department.titles)
  const makes = department.name !== 'People' && department.name !== 'Design'
  return {
    name,
    email: `${addressOf(name)}.${number}@${demoDomain(seed)}`,
    title,
    department: department.name,
    skills: some(random, department.skills, whole(random, 2, 5)),
    interviewTypes: [
      ...some(random, TYPES_OF_ANYBODY, whole(random, 1, 3)),
      ...(makes ? some(random, TYPES_OF_MAKERS, whole(random, 1, 3)) : []),
      ...(LEADING.test(title) ? ['hiring_manager' as const] : []),
    ],
    timezone: pick(random, region.zones),
    status: number > ALWAYS_ACTIVE ? statusFrom(random()) : 'active',
    bufferBeforeMinutes: pick(random, [0, 0, 0, 5, 10]),
    bufferAfterMinutes: pick(random, [0, 0, 10, 15]),
    maxPerDay: pick(random, [null, null, 3, 4]),
    maxPerWeek: pick(random, [null, null, null, 12]),
    weight: pick(random, [100, 100, 100, 50]),
  }
}

/** Most can be booked; one in ten cannot, for a while or any more. */
function statusFrom(luck: number): Interviewer['status'] {
  if (luck < 0.9) return 'active'
  return luck < 0.95 ? 'paused' : 'inactive'
}

/** The addresses of one seed: a domain that can never receive mail (RFC 2606 §2). */
export function demoDomain(seed: number): string {
  return `team${seed}.example`
}

export interface Candidate {
  readonly name: string
  readonly email: string
  readonly position: string
}

/** Candidate number `number` of a seed. */
export function demoCandidate(seed: number, number: number): Candidate {
  const random = randomOf(`${seed} candidate ${number}`)
  const name = nameFrom(random, pick(random, REGIONS))
  return {
    name,
    email: `${addressOf(name)}.${number}@candidates${seed}.example`,
    position: pick(random, POSITIONS),
  }
}

function nameFrom(random: Random, { given, family }: Region): string {
  return `${pick(random, given)} ${pick(random, family)}`
}

/** A name in the letters of an address: without accents, its parts joined by dots. */
function addressOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^a-zA-Z -]/g, '')
    .replaceAll(' ', '.')
    .toLowerCase()
}
