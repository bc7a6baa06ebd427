CREATE TABLE events (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'completed', 'cancelled', 'no_show')),
  candidate_name TEXT,
  candidate_email TEXT,
  position TEXT,
  starts_at TEXT NOT NULL CHECK (starts_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'),
  ends_at TEXT NOT NULL CHECK (ends_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'),
  timezone TEXT NOT NULL DEFAULT 'UTC',
  location TEXT,
  meeting_url TEXT,
  notes TEXT,
  organizer_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  override TEXT CHECK (override IS NULL OR json_valid(override)),
  cancellation TEXT CHECK (cancellation IS NULL OR json_valid(cancellation)),
  no_show_party TEXT CHECK (no_show_party IN ('candidate', 'interviewer')),
  sequence INTEGER NOT NULL DEFAULT 0,
  external_id TEXT,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  CHECK (starts_at < ends_at)
) STRICT;
CREATE INDEX events_by_start ON events (starts_at, id);
CREATE INDEX events_by_created_at ON events (created_at, id);
CREATE INDEX events_by_candidate ON events (lower(candidate_email), starts_at) WHERE candidate_email IS NOT NULL;
CREATE INDEX events_by_external_id ON events (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX events_by_organizer ON events (organizer_id) WHERE organizer_id IS NOT NULL;

CREATE TRIGGER events_counted_in AFTER INSERT ON events BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'events';
END;
CREATE TRIGGER events_counted_out AFTER DELETE ON events BEGIN
  UPDATE row_counts SET total = total - 1 WHERE table_name = 'events';
END;
INSERT INTO row_counts (table_name) VALUES ('events');

CREATE TRIGGER events_versioned AFTER UPDATE ON events WHEN NEW.version = OLD.version BEGIN
  UPDATE events SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

INSERT INTO table_versions (table_name) VALUES ('events');
CREATE TRIGGER events_watched_insert AFTER INSERT ON events BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'events';
END;
CREATE TRIGGER events_watched_update AFTER UPDATE ON events WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'events';
END;
CREATE TRIGGER events_watched_delete AFTER DELETE ON events BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'events';
END;

CREATE TABLE event_panel (
  event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  interviewer_id TEXT NOT NULL REFERENCES interviewers (id),
  seat INTEGER NOT NULL, -- the order in which the panel is shown
  role TEXT NOT NULL DEFAULT 'interviewer' CHECK (role IN ('lead', 'interviewer', 'shadow')),
  response TEXT NOT NULL DEFAULT 'needs_action' CHECK (response IN ('needs_action', 'accepted', 'declined', 'tentative')),
  responded_at TEXT,
  PRIMARY KEY (event_id, interviewer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_panel_by_interviewer ON event_panel (interviewer_id, event_id);

INSERT INTO table_versions (table_name) VALUES ('event_panel');
CREATE TRIGGER event_panel_watched_insert AFTER INSERT ON event_panel BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'event_panel';
END;
CREATE TRIGGER event_panel_watched_update AFTER UPDATE ON event_panel BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'event_panel';
END;
CREATE TRIGGER event_panel_watched_delete AFTER DELETE ON event_panel BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'event_panel';
END;

-- An event shows the names of its panel: no version of it may cover an old one.
CREATE TRIGGER interviewers_renamed AFTER UPDATE OF name, email ON interviewers
WHEN NEW.name <> OLD.name OR NEW.email <> OLD.email BEGIN
  UPDATE events SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
  WHERE id IN (SELECT event_id FROM event_panel WHERE interviewer_id = NEW.id);
END;

-- Whose time an event takes: the half-open interval [starts_at, ends_at), buffers included.
CREATE TABLE claims (
  subject TEXT NOT NULL, -- 'interviewer:<id>' or 'candidate:<address in lower case>'
  starts_at TEXT NOT NULL CHECK (starts_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'),
  ends_at TEXT NOT NULL CHECK (ends_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'),
  event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  PRIMARY KEY (subject, starts_at),
  CHECK (starts_at < ends_at)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX claims_event_id_subject ON claims (event_id, subject);

-- Nobody is booked twice: two claims of one subject never overlap; touching is fine. As the claims a subject has do
-- not overlap, the one that starts last before the new one ends is also the one that ends last: one index seek tells.
CREATE TRIGGER claims_no_overlap_insert BEFORE INSERT ON claims
WHEN NEW.starts_at < (
  SELECT ends_at FROM claims WHERE subject = NEW.subject AND starts_at < NEW.ends_at ORDER BY starts_at DESC LIMIT 1
) BEGIN
  SELECT RAISE(ABORT, 'claims_no_overlap');
END;
CREATE TRIGGER claims_no_overlap_update BEFORE UPDATE ON claims
WHEN NEW.starts_at < (
  SELECT ends_at FROM claims
  WHERE subject = NEW.subject AND starts_at < NEW.ends_at
    AND NOT (subject = OLD.subject AND starts_at = OLD.starts_at)
  ORDER BY starts_at DESC LIMIT 1
) BEGIN
  SELECT RAISE(ABORT, 'claims_no_overlap');
END;
