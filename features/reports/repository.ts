import type { Queryable } from '../../db/database.ts'
import type { Load } from './schemas.ts'

/** Milliseconds since midnight, in words both databases know: an instant is kept as `2026-03-02T09:00:00.000Z`. */
const clock = (column: string) =>
  [
    [12, 2, 3_600_000],
    [15, 2, 60_000],
    [18, 2, 1000],
    [21, 3, 1],
  ]
    .map(([at, digits, unit]) => `CAST(substr(${column}, ${at}, ${digits}) AS INTEGER) * ${unit}`)
    .join(' + ')
/** No interview takes longer than a day, so that it ends on the day it starts or on the one after. */
const LENGTH = `${clock('events.ends_at')} - (${clock('events.starts_at')})
      + CASE WHEN substr(events.ends_at, 1, 10) > substr(events.starts_at, 1, 10) THEN 86400000 ELSE 0 END`
const countOf = (condition: string) => `sum(CASE WHEN ${condition} THEN 1 ELSE 0 END)`
const noShowsOf = (party: string) => countOf(`events.status = 'no_show' AND events.no_show_party = '${party}'`)

const LOAD = `WITH loads AS (
    SELECT event_panel.interviewer_id, count(*) AS interviews, sum(${LENGTH}) AS milliseconds,
      ${countOf(`event_panel.response = 'declined'`)} AS declines,
      ${noShowsOf('interviewer')} AS no_shows, ${noShowsOf('candidate')} AS candidate_no_shows
    FROM events JOIN event_panel ON event_panel.event_id = events.id
    WHERE events.starts_at >= :from AND events.starts_at < :to
      AND events.status IN ('scheduled', 'completed', 'no_show')
    GROUP BY event_panel.interviewer_id
  )
  SELECT interviewers.id AS "interviewerId", interviewers.name, interviewers.status, interviewers.weight,
    coalesce(loads.interviews, 0) AS interviews, coalesce(loads.milliseconds, 0) AS milliseconds,
    coalesce(loads.declines, 0) AS declines, coalesce(loads.no_shows, 0) AS "noShows",
    coalesce(loads.candidate_no_shows, 0) AS "candidateNoShows"
  FROM interviewers LEFT JOIN loads ON loads.interviewer_id = interviewers.id
  WHERE interviewers.status = 'active' OR loads.interviewer_id IS NOT NULL
  ORDER BY coalesce(loads.interviews, 0) DESC, lower(interviewers.name), interviewers.id`

/** What of a load is in the database; `milliseconds` is what the interviews took. */
export type LoadRow = Omit<Load, 'minutes' | 'share' | 'target'> & { readonly milliseconds: number }

export const reportsRepository = (sql: Queryable) => ({
  /** One row a person: everybody active, and whoever sat in an interview that starts in [from, to). */
  load: (range: { readonly from: string; readonly to: string }) => sql.many<LoadRow>(LOAD, range),
})
