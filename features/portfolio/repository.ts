import type { Queryable, SqlValue } from '../../db/database.ts'
import { fromJson } from '../../domain/sql.ts'
import type { Biodata } from './schemas.ts'

const FIND = `SELECT interviewer_id AS "interviewerId", headline, summary, location, pronouns, languages, links,
    version, created_at AS "createdAt", updated_at AS "updatedAt"
  FROM portfolio_biodata WHERE interviewer_id = :interviewerId`
const INSERT = `INSERT INTO portfolio_biodata
    (interviewer_id, headline, summary, location, pronouns, languages, links)
  VALUES (:interviewerId, :headline, :summary, :location, :pronouns, :languages, :links)`
const UPDATE = `UPDATE portfolio_biodata SET headline = :headline, summary = :summary, location = :location,
    pronouns = :pronouns, languages = :languages, links = :links
  WHERE interviewer_id = :interviewerId AND version = :version`

type Row = Omit<Biodata, 'languages' | 'links'> & { readonly languages: string; readonly links: string }

export const portfolioRepository = (sql: Queryable) => ({
  biodataOf: async (interviewerId: string): Promise<Biodata | undefined> => {
    const row = await sql.one<Row>(FIND, { interviewerId })
    return row && { ...row, languages: fromJson(row.languages), links: fromJson(row.links) }
  },
  insertBiodata: (biodata: Biodata) => sql.run(INSERT, toRow(biodata)),
  /** Writes over the version it was read with; 0 changes when that is gone. */
  updateBiodata: (biodata: Biodata) => sql.run(UPDATE, toRow(biodata)),
})

function toRow({ languages, links, ...rest }: Biodata): Record<string, SqlValue> {
  return { ...rest, languages: JSON.stringify(languages), links: JSON.stringify(links) }
}
