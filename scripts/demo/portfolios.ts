import type { Database } from '../../db/database.ts'
import type { Interviewer } from '../../features/interviewers/schemas.ts'
import type { EntryChanges } from '../../features/portfolio/entry-schemas.ts'
import { entriesService } from '../../features/portfolio/entry-service.ts'
import { KINDS } from '../../features/portfolio/kinds.ts'
import type { BiodataChanges } from '../../features/portfolio/schemas.ts'
import { portfolioService } from '../../features/portfolio/service.ts'
import { commandLine } from '../../plugins/actor.ts'
import { auditLogger } from '../../plugins/audit-logger.ts'
import type { Caller } from '../../plugins/auth.ts'
import { idempotency } from '../../plugins/idempotency.ts'
import { inFlight } from './in-flight.ts'
import { pick, randomOf, some, whole, type Random } from './random.ts'
import {
  COMPANIES,
  DEGREES,
  FIELDS,
  HEADLINES,
  HIGHLIGHTS,
  LANGUAGES,
  PROJECTS,
  SUMMARIES,
  UNIVERSITIES,
} from './words.ts'

/** The first so many interviewers have one. */
export const PORTFOLIOS = 10
const SKILLS = 3
/** Stands in for those with fewer entries. */
const SKILLS_OF_ANYBODY = ['Mentoring', 'Technical writing']

type Kind = keyof typeof KINDS
type DemoPortfolio = Readonly<Record<Kind, readonly EntryChanges[]>> & { readonly biodata: BiodataChanges }

export interface PortfolioOptions {
  readonly seed: number
  /** Interviewers 1 to so many. */
  readonly people: readonly Interviewer[]
  readonly onStep: () => void
}

/** Makes one for each of the first interviewers who has no biodata yet. */
export async function makePortfolios(database: Database, { seed, people, onStep }: PortfolioOptions) {
  const caller: Caller = { ...commandLine, role: 'admin' }
  const parts = { db: database, audit: auditLogger, idempotency: idempotency(database) }
  const portfolios = portfolioService(parts)
  const kinds = (['experience', 'education', 'skills', 'projects'] as const).map(
    kind => [kind, entriesService(parts, KINDS[kind])] as const,
  )
  const owners = people.slice(0, PORTFOLIOS).map((person, index) => ({ person, number: index + 1 }))
  let made = 0
  await inFlight(owners, async ({ person, number }) => {
    const interviewerId = person.id
    if ((await portfolios.of(interviewerId)).biodata === null) {
      const portfolio = demoPortfolio(seed, number, person)
      await portfolios.putBiodata(caller, interviewerId, portfolio.biodata, undefined)
      for (const [kind, entries] of kinds) {
        for (const entry of portfolio[kind]) await entries.create(caller, { ...entry, interviewerId })
      }
      made += 1
    }
    onStep()
  })
  return { made, kept: owners.length - made }
}

function demoPortfolio(seed: number, number: number, person: Interviewer): DemoPortfolio {
  const random = randomOf(`${seed} portfolio ${number}`)
  const began = whole(random, 2016, 2024)
  const before = whole(random, 2, 4)
  return {
    biodata: biodataOf(random, person),
    experience: experienceOf(random, person, began, before),
    education: [educationUntil(random, began - before)],
    skills: skillsOf(random, person),
    projects: [projectOf(random, person, began)],
  }
}

function biodataOf(random: Random, { title, timezone, email }: Interviewer): BiodataChanges {
  const [name = ''] = email.split('@')
  return {
    headline: `${title ?? 'Interviewer'}; ${pick(random, HEADLINES)}`,
    summary: pick(random, SUMMARIES),
    location: timezone.split('/').at(-1)?.replaceAll('_', ' ') ?? null,
    languages: ['English', pick(random, LANGUAGES)],
    links: [{ label: 'Notes', url: `https://notes.example.com/${name}` }],
  }
}

/** Where somebody is since that year and, for most, where they were for so many years before. */
function experienceOf(random: Random, { title }: Interviewer, began: number, before: number): EntryChanges[] {
  const [here = '', there = ''] = some(random, COMPANIES, 2)
  const [one = '', other = ''] = some(random, HIGHLIGHTS, 2)
  const startDate = monthOf(random, began)
  const now = { company: here, role: title ?? 'Engineer', startDate, highlights: [one] }
  const then = { company: there, role: 'Engineer', startDate: monthOf(random, began - before), endDate: startDate }
  return random() < 0.7 ? [now, { ...then, highlights: [other], position: 1 }] : [now]
}

function educationUntil(random: Random, year: number): EntryChanges {
  const degree = pick(random, DEGREES)
  return {
    institution: pick(random, UNIVERSITIES),
    degree,
    field: pick(random, FIELDS),
    startDate: `${year - whole(random, 3, 5)}-09`,
    endDate: `${year}-06`,
  }
}

function skillsOf(random: Random, { skills, department }: Interviewer): EntryChanges[] {
  const names = [...new Set([...skills, ...SKILLS_OF_ANYBODY])].slice(0, SKILLS)
  return names.map((name, position) => ({
    name,
    category: department,
    level: whole(random, 3, 5),
    years: whole(random, 4, 24) / 2,
    position,
  }))
}

function projectOf(random: Random, { skills }: Interviewer, began: number): EntryChanges {
  const { name, description } = pick(random, PROJECTS)
  const site = `${name.toLowerCase().replaceAll(' ', '-')}.example.com`
  return {
    name,
    description,
    url: `https://${site}`,
    repositoryUrl: `https://git.example.com/${site}`,
    technologies: skills.slice(0, 2),
    startDate: monthOf(random, began + 1),
  }
}

function monthOf(random: Random, year: number): string {
  return `${year}-${String(whole(random, 1, 12)).padStart(2, '0')}`
}
