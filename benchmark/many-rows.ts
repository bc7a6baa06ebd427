import type { Queryable } from '../db/database.ts'

export interface ManyRows {
  readonly journalRows: number
  readonly tasks: number
  /** Whose tasks they are. */
  readonly by: string
}

/** A journal that tells of one thing after the other, none of which exists any more, and many long tasks. */
export async function insertManyRows(sql: Queryable, { journalRows, tasks, by }: ManyRows): Promise<void> {
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows)`
  await sql.run(
    `${numbers} INSERT INTO audit_logs (actor_name, action, entity_type, entity_id)
     SELECT 'somebody', 'update', CASE n % 3 WHEN 0 THEN 'event' WHEN 1 THEN 'task' ELSE 'interviewer' END, 'gone-' || (n % 500) FROM numbers`,
    { rows: journalRows },
  )
  await sql.run(
    `${numbers} INSERT INTO tasks (id, title, description, created_by)
     SELECT 'task-' || n, 'Task ' || n, :description, :by FROM numbers`,
    { rows: tasks, description: 'Prepare questions. '.repeat(20), by },
  )
}
