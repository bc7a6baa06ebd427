-- Addresses under which calendar programs read the interviews of one interviewer. Of the secret in them there is only its
-- SHA-256.
CREATE TABLE feeds (
  id TEXT PRIMARY KEY,
  interviewer_id TEXT NOT NULL REFERENCES interviewers (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE UNIQUE INDEX feeds_hash ON feeds (hash);
CREATE INDEX feeds_by_interviewer ON feeds (interviewer_id, id);

CREATE TRIGGER feeds_versioned AFTER UPDATE ON feeds WHEN NEW.version = OLD.version BEGIN
  UPDATE feeds SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

INSERT INTO table_versions (table_name) VALUES ('feeds');
CREATE TRIGGER feeds_watched_insert AFTER INSERT ON feeds BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'feeds';
END;
CREATE TRIGGER feeds_watched_update AFTER UPDATE ON feeds WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'feeds';
END;
CREATE TRIGGER feeds_watched_delete AFTER DELETE ON feeds BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'feeds';
END;

-- The last answer that came from a calendar program, so that one which is older changes nothing.
CREATE TABLE calendar_replies (
  event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  interviewer_id TEXT NOT NULL REFERENCES interviewers (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  stamp TEXT NOT NULL, -- its DTSTAMP
  PRIMARY KEY (event_id, interviewer_id)
) STRICT, WITHOUT ROWID;
