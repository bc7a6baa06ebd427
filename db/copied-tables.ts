/** What a copy of a database is made of. Every table of the migrations is named here, in one list or the other. */

export interface Table {
  readonly name: string
  /** In which its rows are read. */
  readonly order: readonly string[]
  /** Whether no two rows share a place in that order. */
  readonly unique: boolean
}

const keyed = (name: string, ...order: string[]): Table => ({ name, order, unique: true })

/** What is copied: each table after those it refers to. */
export const COPIED: readonly Table[] = [
  keyed('users', 'id'),
  keyed('sessions', 'id'),
  keyed('refresh_tokens', 'hash'),
  keyed('identities', 'provider', 'subject'),
  keyed('api_tokens', 'id'),
  { name: 'login_failures', order: ['account', 'failed_at'], unique: false },
  keyed('audit_logs', 'id'),
  keyed('idempotency_keys', 'principal', 'route', 'key'),
  keyed('interviewers', 'id'),
  keyed('availability', 'interviewer_id'),
  keyed('imported_calendars', 'id'),
  keyed('imported_busy', 'calendar_id', 'starts_at'),
  keyed('events', 'id'),
  keyed('event_panel', 'event_id', 'interviewer_id'),
  keyed('portfolio_experience', 'id'),
  keyed('portfolio_education', 'id'),
  keyed('portfolio_skills', 'id'),
  keyed('portfolio_projects', 'id'),
  keyed('portfolio_biodata', 'interviewer_id'),
  keyed('tasks', 'id'),
  keyed('feeds', 'id'),
  keyed('calendar_replies', 'event_id', 'interviewer_id'),
  keyed('outbox', 'id'),
  keyed('journal_cursors', 'name'),
  keyed('leases', 'name'),
  keyed('claims', 'event_id', 'subject'),
]

/**
 * What every database makes by itself. Two of them must come out equal; `table_versions` need not, as it counts the
 * changes a database has seen and a copy has seen others.
 */
export const DERIVED = [
  ...['row_counts', 'user_stats', 'table_versions', 'schema_migrations'],
  ...['search_numbers', 'interviewers_search', 'events_search', 'tasks_search', 'users_search'],
]
