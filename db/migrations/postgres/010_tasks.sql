CREATE TABLE tasks (
  id plain_text CONSTRAINT tasks_id PRIMARY KEY,
  title plain_text NOT NULL,
  description plain_text,
  status plain_text NOT NULL DEFAULT 'TODO' CHECK (status IN ('TODO', 'IN_PROGRESS', 'DONE')),
  priority INTEGER NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5), -- 1 is the most urgent
  due_at plain_text CHECK (is_instant(due_at)),
  assignee_id plain_text CONSTRAINT tasks_assignee_id REFERENCES users (id) ON DELETE SET NULL,
  event_id plain_text CONSTRAINT tasks_event_id REFERENCES events (id) ON DELETE SET NULL,
  created_by plain_text CONSTRAINT tasks_created_by REFERENCES users (id) ON DELETE SET NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now()
);
-- What has no due date comes after all that has one. A priority is sorted as text, as the keys of pages are texts.
CREATE INDEX tasks_by_due_date ON tasks (coalesce(due_at, '9999-12-31T23:59:59.999Z'), id);
CREATE INDEX tasks_by_priority ON tasks (CAST(priority AS TEXT), id);
CREATE INDEX tasks_by_created_at ON tasks (created_at, id);
CREATE INDEX tasks_by_status ON tasks (status, coalesce(due_at, '9999-12-31T23:59:59.999Z'), id);
CREATE INDEX tasks_by_assignee ON tasks (assignee_id) WHERE assignee_id IS NOT NULL;
CREATE INDEX tasks_by_event ON tasks (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX tasks_by_maker ON tasks (created_by) WHERE created_by IS NOT NULL;

CREATE TRIGGER tasks_counted AFTER INSERT OR DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION counted();
INSERT INTO row_counts (table_name) VALUES ('tasks');

CREATE TRIGGER tasks_versioned BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('tasks');
CREATE TRIGGER tasks_watched AFTER INSERT OR UPDATE OR DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER tasks_no_truncate BEFORE TRUNCATE ON tasks EXECUTE FUNCTION no_truncate();
