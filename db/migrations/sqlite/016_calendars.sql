-- Calendars of other programs. A url is a credential and leaves this table for nobody but its own server; text is what
-- was read last. They go with the interviewer.
CREATE TABLE imported_calendars (
  id TEXT PRIMARY KEY,
  interviewer_id TEXT NOT NULL REFERENCES interviewers (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('upload', 'url')),
  url TEXT CHECK ((url IS NULL) = (source = 'upload')),
  host TEXT CHECK ((host IS NULL) = (source = 'upload')),
  text TEXT,
  etag TEXT,
  last_modified TEXT,
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('ok', 'unreadable', 'pending')),
  problem TEXT CHECK ((problem IS NULL) = (status <> 'unreadable')),
  expanded_until TEXT,
  checked_at TEXT,
  next_check_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX imported_calendars_by_created_at ON imported_calendars (interviewer_id, created_at, id);
CREATE INDEX imported_calendars_by_name ON imported_calendars (interviewer_id, lower(name), id);
CREATE INDEX imported_calendars_by_next_check_at ON imported_calendars (next_check_at, id);

-- When they say that somebody is busy; of one calendar none overlap. Changed with their calendar alone.
CREATE TABLE imported_busy (
  calendar_id TEXT NOT NULL REFERENCES imported_calendars (id) ON DELETE CASCADE,
  starts_at TEXT NOT NULL CHECK (starts_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'),
  ends_at TEXT NOT NULL CHECK (ends_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'),
  PRIMARY KEY (calendar_id, starts_at),
  CHECK (starts_at < ends_at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER imported_calendars_counted_in AFTER INSERT ON imported_calendars BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'imported_calendars';
END;
CREATE TRIGGER imported_calendars_counted_out AFTER DELETE ON imported_calendars BEGIN
  UPDATE row_counts SET total = total - 1 WHERE table_name = 'imported_calendars';
END;
INSERT INTO row_counts (table_name) VALUES ('imported_calendars');

CREATE TRIGGER imported_calendars_versioned AFTER UPDATE ON imported_calendars WHEN NEW.version = OLD.version BEGIN
  UPDATE imported_calendars SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

INSERT INTO table_versions (table_name) VALUES ('imported_calendars');
CREATE TRIGGER imported_calendars_watched_insert AFTER INSERT ON imported_calendars BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'imported_calendars';
END;
CREATE TRIGGER imported_calendars_watched_update AFTER UPDATE ON imported_calendars WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'imported_calendars';
END;
CREATE TRIGGER imported_calendars_watched_delete AFTER DELETE ON imported_calendars BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'imported_calendars';
END;

-- A whole day is another one in another zone: until it is read anew, nothing is known of a calendar.
CREATE TRIGGER imported_calendars_rezoned AFTER UPDATE OF timezone ON interviewers WHEN NEW.timezone <> OLD.timezone BEGIN
  UPDATE imported_calendars SET status = CASE status WHEN 'ok' THEN 'pending' ELSE status END, expanded_until = NULL,
    next_check_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE interviewer_id = NEW.id;
END;
