CREATE TABLE interviewers (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  title TEXT,
  department TEXT,
  skills TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(skills)),
  interview_types TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(interview_types)),
  timezone TEXT NOT NULL DEFAULT 'UTC',
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'inactive')),
  buffer_before_minutes INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 240),
  buffer_after_minutes INTEGER NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 240),
  max_per_day INTEGER CHECK (max_per_day > 0),
  max_per_week INTEGER CHECK (max_per_week > 0),
  weight INTEGER NOT NULL DEFAULT 100 CHECK (weight > 0),
  user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE UNIQUE INDEX interviewers_email ON interviewers (lower(email));
CREATE UNIQUE INDEX interviewers_user_id ON interviewers (user_id);
CREATE INDEX interviewers_by_name ON interviewers (lower(name), id);
CREATE INDEX interviewers_by_email ON interviewers (lower(email), id);
CREATE INDEX interviewers_by_created_at ON interviewers (created_at, id);
CREATE INDEX interviewers_by_updated_at ON interviewers (updated_at, id);

CREATE TRIGGER interviewers_counted_in AFTER INSERT ON interviewers BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'interviewers';
END;
CREATE TRIGGER interviewers_counted_out AFTER DELETE ON interviewers BEGIN
  UPDATE row_counts SET total = total - 1 WHERE table_name = 'interviewers';
END;
INSERT INTO row_counts (table_name) VALUES ('interviewers');

CREATE TRIGGER interviewers_versioned AFTER UPDATE ON interviewers WHEN NEW.version = OLD.version BEGIN
  UPDATE interviewers SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

INSERT INTO table_versions (table_name) VALUES ('interviewers');
CREATE TRIGGER interviewers_watched_insert AFTER INSERT ON interviewers BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'interviewers';
END;
CREATE TRIGGER interviewers_watched_update AFTER UPDATE ON interviewers WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'interviewers';
END;
CREATE TRIGGER interviewers_watched_delete AFTER DELETE ON interviewers BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'interviewers';
END;
