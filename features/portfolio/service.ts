import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import type { Caller } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import { interviewerOf } from '../../domain/panels/interviewer.ts'
import { entriesRepository } from './entry-repository.ts'
import { KINDS } from './kinds.ts'
import { portfolioRepository } from './repository.ts'
import type { Biodata, BiodataChanges, Portfolio } from './schemas.ts'
import { writable } from './write-access.ts'

const OWNER = 'interviewer'
const NOTHING_SAID = { headline: null, summary: null, location: null, pronouns: null, languages: [], links: [] }
const UNSAVED = { version: 1, createdAt: '', updatedAt: '' }

type Parts = Pick<FastifyInstance, 'db' | 'audit'>

export const portfolioService = ({ db, audit }: Parts) => ({
  biodataOf: async (interviewerId: string): Promise<Biodata> => {
    const portfolio = portfolioRepository(db)
    found(await interviewerOf(db, interviewerId), OWNER)
    return found(await portfolio.biodataOf(interviewerId), 'biodata')
  },

  /** Changes the fields that are sent; makes the record when there is none yet. */
  putBiodata: (
    actor: Caller,
    interviewerId: string,
    changes: BiodataChanges,
    expected: ExpectedVersions,
  ): Promise<{ biodata: Biodata; made: boolean }> =>
    db.transaction(async tx => {
      found(await writable(tx, actor, interviewerId), OWNER)
      const before = await portfolioRepository(tx).biodataOf(interviewerId)
      assertVersion(before?.version, expected)
      const after = await write(tx, interviewerId, changes, before)
      const entry = { entityType: 'portfolio_biodata', entityId: interviewerId, after }
      await audit.record(tx, actor, before ? { action: 'update', ...entry, before } : { action: 'create', ...entry })
      return { biodata: after, made: before === undefined }
    }),

  /** Everything a candidate is shown of one interviewer. */
  of: async (interviewerId: string): Promise<Portfolio> => {
    const portfolio = portfolioRepository(db)
    found(await interviewerOf(db, interviewerId), OWNER)
    return {
      interviewerId,
      biodata: (await portfolio.biodataOf(interviewerId)) ?? null,
      experience: await experienceOn(db).allOf(interviewerId),
      education: await educationOn(db).allOf(interviewerId),
      skills: await skillsOn(db).allOf(interviewerId),
      projects: await projectsOn(db).allOf(interviewerId),
    }
  },
})

const experienceOn = entriesRepository(KINDS.experience)
const educationOn = entriesRepository(KINDS.education)
const skillsOn = entriesRepository(KINDS.skills)
const projectsOn = entriesRepository(KINDS.projects)

async function write(
  tx: Transaction,
  interviewerId: string,
  changes: BiodataChanges,
  before: Biodata | undefined,
): Promise<Biodata> {
  const portfolio = portfolioRepository(tx)
  if (before) await portfolio.updateBiodata({ ...before, ...changes })
  else await portfolio.insertBiodata({ ...UNSAVED, ...NOTHING_SAID, ...changes, interviewerId })
  return found(await portfolio.biodataOf(interviewerId), 'biodata')
}
