CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  description TEXT,
  status TEXT NOT NULL DEFAULT 'TODO' CHECK (status IN ('TODO', 'IN_PROGRESS', 'DONE')),
  priority INTEGER NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5), -- 1 is the most urgent
  due_at TEXT CHECK (due_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'),
  assignee_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  event_id TEXT REFERENCES events (id) ON DELETE SET NULL,
  created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
-- What has no due date comes after all that has one. A priority is sorted as text, as the keys of pages are texts.
CREATE INDEX tasks_by_due_date ON tasks (coalesce(due_at, '9999-12-31T23:59:59.999Z'), id);
CREATE INDEX tasks_by_priority ON tasks (CAST(priority AS TEXT), id);
CREATE INDEX tasks_by_created_at ON tasks (created_at, id);
CREATE INDEX tasks_by_status ON tasks (status, coalesce(due_at, '9999-12-31T23:59:59.999Z'), id);
CREATE INDEX tasks_by_assignee ON tasks (assignee_id) WHERE assignee_id IS NOT NULL;
CREATE INDEX tasks_by_event ON tasks (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX tasks_by_maker ON tasks (created_by) WHERE created_by IS NOT NULL;

CREATE TRIGGER tasks_counted_in AFTER INSERT ON tasks BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'tasks';
END;
CREATE TRIGGER tasks_counted_out AFTER DELETE ON tasks BEGIN
  UPDATE row_counts SET total = total - 1 WHERE table_name = 'tasks';
END;
INSERT INTO row_counts (table_name) VALUES ('tasks');

CREATE TRIGGER tasks_versioned AFTER UPDATE ON tasks WHEN NEW.version = OLD.version BEGIN
  UPDATE tasks SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

INSERT INTO table_versions (table_name) VALUES ('tasks');
CREATE TRIGGER tasks_watched_insert AFTER INSERT ON tasks BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'tasks';
END;
CREATE TRIGGER tasks_watched_update AFTER UPDATE ON tasks WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'tasks';
END;
CREATE TRIGGER tasks_watched_delete AFTER DELETE ON tasks BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'tasks';
END;
