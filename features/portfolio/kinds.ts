import { EDUCATION, EXPERIENCE, PROJECT, SKILL, type Shapes } from './entry-schemas.ts'

/** A kind of entries: what it is made of and what it is called. All kinds behave the same. */
export interface Kind extends Shapes {
  /** The plural, in an address. `portfolio_<path>` is the table. */
  readonly path: string
  /** The singular, in a sentence. `portfolio_<noun>` is what the journal calls it. */
  readonly noun: string
}

export const KINDS = {
  experience: { ...EXPERIENCE, path: 'experience', noun: 'experience' },
  education: { ...EDUCATION, path: 'education', noun: 'education' },
  skills: { ...SKILL, path: 'skills', noun: 'skill' },
  projects: { ...PROJECT, path: 'projects', noun: 'project' },
} satisfies Record<string, Kind>
