-- The hours somebody gives, in their local wall time: JSON, as clients see it. No row for whoever has said nothing yet; it
-- goes with the interviewer.
CREATE TABLE availability (
  interviewer_id TEXT PRIMARY KEY REFERENCES interviewers (id) ON DELETE CASCADE,
  weekly TEXT NOT NULL CHECK (json_valid(weekly)),
  overrides TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(overrides)),
  time_off TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(time_off)),
  travel TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(travel)),
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TRIGGER availability_versioned AFTER UPDATE ON availability WHEN NEW.version = OLD.version BEGIN
  UPDATE availability SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE interviewer_id = NEW.interviewer_id;
END;

INSERT INTO table_versions (table_name) VALUES ('availability');
CREATE TRIGGER availability_watched_insert AFTER INSERT ON availability BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'availability';
END;
CREATE TRIGGER availability_watched_update AFTER UPDATE ON availability WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'availability';
END;
CREATE TRIGGER availability_watched_delete AFTER DELETE ON availability BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'availability';
END;

-- Hours are shown with the interviewer's zone: no version of them may cover an old one.
CREATE TRIGGER interviewers_rezoned AFTER UPDATE OF timezone ON interviewers WHEN NEW.timezone <> OLD.timezone BEGIN
  UPDATE availability SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE interviewer_id = NEW.id;
END;
