CREATE EXTENSION IF NOT EXISTS btree_gist; -- equality beside overlap in one exclusion constraint

CREATE TABLE events (
  id plain_text CONSTRAINT events_id PRIMARY KEY,
  title plain_text NOT NULL,
  type plain_text NOT NULL,
  status plain_text NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'completed', 'cancelled', 'no_show')),
  candidate_name plain_text,
  candidate_email plain_text,
  position plain_text,
  starts_at plain_text NOT NULL CHECK (is_instant(starts_at)),
  ends_at plain_text NOT NULL CHECK (is_instant(ends_at)),
  timezone plain_text NOT NULL DEFAULT 'UTC',
  location plain_text,
  meeting_url plain_text,
  notes plain_text,
  organizer_id plain_text CONSTRAINT events_organizer_id REFERENCES users (id) ON DELETE SET NULL,
  override plain_text CHECK (override IS NULL OR json_valid(override)),
  cancellation plain_text CHECK (cancellation IS NULL OR json_valid(cancellation)),
  no_show_party plain_text CHECK (no_show_party IN ('candidate', 'interviewer')),
  sequence BIGINT NOT NULL DEFAULT 0,
  external_id plain_text,
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now(),
  CHECK (starts_at < ends_at)
);
CREATE INDEX events_by_start ON events (starts_at, id);
CREATE INDEX events_by_created_at ON events (created_at, id);
CREATE INDEX events_by_candidate ON events (lower(candidate_email), starts_at) WHERE candidate_email IS NOT NULL;
CREATE INDEX events_by_external_id ON events (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX events_by_organizer ON events (organizer_id) WHERE organizer_id IS NOT NULL;

CREATE TRIGGER events_counted AFTER INSERT OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION counted();
INSERT INTO row_counts (table_name) VALUES ('events');

CREATE TRIGGER events_versioned BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('events');
CREATE TRIGGER events_watched AFTER INSERT OR UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events EXECUTE FUNCTION no_truncate();

CREATE TABLE event_panel (
  event_id plain_text NOT NULL CONSTRAINT event_panel_event_id REFERENCES events (id) ON DELETE CASCADE,
  interviewer_id plain_text NOT NULL CONSTRAINT event_panel_interviewer_id REFERENCES interviewers (id),
  seat INTEGER NOT NULL, -- the order in which the panel is shown
  role plain_text NOT NULL DEFAULT 'interviewer' CHECK (role IN ('lead', 'interviewer', 'shadow')),
  response plain_text NOT NULL DEFAULT 'needs_action'
    CHECK (response IN ('needs_action', 'accepted', 'declined', 'tentative')),
  responded_at plain_text,
  CONSTRAINT event_panel_event_id_interviewer_id PRIMARY KEY (event_id, interviewer_id)
);
CREATE INDEX event_panel_by_interviewer ON event_panel (interviewer_id, event_id);

INSERT INTO table_versions (table_name) VALUES ('event_panel');
CREATE TRIGGER event_panel_watched AFTER INSERT OR UPDATE OR DELETE ON event_panel
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER event_panel_no_truncate BEFORE TRUNCATE ON event_panel EXECUTE FUNCTION no_truncate();

-- An event shows the names of its panel: no version of it may cover an old one.
CREATE FUNCTION interviewers_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE events SET version = version + 1, updated_at = utc_now()
  WHERE id IN (SELECT event_id FROM event_panel WHERE interviewer_id = NEW.id);
  RETURN NULL;
END
$$;
CREATE TRIGGER interviewers_renamed AFTER UPDATE OF name, email ON interviewers FOR EACH ROW
  WHEN (NEW.name <> OLD.name OR NEW.email <> OLD.email) EXECUTE FUNCTION interviewers_renamed();

-- Whose time an event takes: the half-open interval [starts_at, ends_at), buffers included. Nobody is booked twice: two
-- claims of one subject never overlap; touching is fine.
CREATE TABLE claims (
  subject plain_text NOT NULL, -- 'interviewer:<id>' or 'candidate:<address in lower case>'
  starts_at plain_text NOT NULL CHECK (is_instant(starts_at)),
  ends_at plain_text NOT NULL CHECK (is_instant(ends_at)),
  event_id plain_text NOT NULL CONSTRAINT claims_event_id REFERENCES events (id) ON DELETE CASCADE,
  CONSTRAINT claims_event_id_subject PRIMARY KEY (event_id, subject),
  CHECK (starts_at < ends_at),
  CONSTRAINT claims_no_overlap EXCLUDE USING gist (
    subject WITH =, tstzrange(instant(starts_at), instant(ends_at)) WITH &&
  )
);
CREATE INDEX claims_by_subject ON claims (subject, starts_at);
