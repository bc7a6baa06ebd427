-- Calendars of other programs. A url is a credential and leaves this table for nobody but its own server; text is what
-- was read last. They go with the interviewer.
CREATE TABLE imported_calendars (
  id plain_text CONSTRAINT imported_calendars_id PRIMARY KEY,
  interviewer_id plain_text NOT NULL
    CONSTRAINT imported_calendars_interviewer REFERENCES interviewers (id) ON DELETE CASCADE,
  name plain_text NOT NULL,
  source plain_text NOT NULL CHECK (source IN ('upload', 'url')),
  url plain_text CHECK ((url IS NULL) = (source = 'upload')),
  host plain_text CHECK ((host IS NULL) = (source = 'upload')),
  text plain_text,
  etag plain_text,
  last_modified plain_text,
  status plain_text NOT NULL DEFAULT 'pending' CHECK (status IN ('ok', 'unreadable', 'pending')),
  problem plain_text CHECK ((problem IS NULL) = (status <> 'unreadable')),
  expanded_until plain_text,
  checked_at plain_text,
  next_check_at plain_text NOT NULL DEFAULT utc_now(),
  failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now()
);
CREATE INDEX imported_calendars_by_created_at ON imported_calendars (interviewer_id, created_at, id);
CREATE INDEX imported_calendars_by_name ON imported_calendars (interviewer_id, lower(name), id);
CREATE INDEX imported_calendars_by_next_check_at ON imported_calendars (next_check_at, id);

-- When they say that somebody is busy; of one calendar none overlap. Changed with their calendar alone.
CREATE TABLE imported_busy (
  calendar_id plain_text NOT NULL
    CONSTRAINT imported_busy_calendar REFERENCES imported_calendars (id) ON DELETE CASCADE,
  starts_at plain_text NOT NULL CHECK (is_instant(starts_at)),
  ends_at plain_text NOT NULL CHECK (is_instant(ends_at)),
  CONSTRAINT imported_busy_calendar_id_starts_at PRIMARY KEY (calendar_id, starts_at),
  CHECK (starts_at < ends_at)
);

CREATE TRIGGER imported_calendars_counted AFTER INSERT OR DELETE ON imported_calendars
  FOR EACH ROW EXECUTE FUNCTION counted();
INSERT INTO row_counts (table_name) VALUES ('imported_calendars');

CREATE TRIGGER imported_calendars_versioned BEFORE UPDATE ON imported_calendars
  FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('imported_calendars');
CREATE TRIGGER imported_calendars_watched AFTER INSERT OR UPDATE OR DELETE ON imported_calendars
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER imported_calendars_no_truncate BEFORE TRUNCATE ON imported_calendars EXECUTE FUNCTION no_truncate();
CREATE TRIGGER imported_busy_no_truncate BEFORE TRUNCATE ON imported_busy EXECUTE FUNCTION no_truncate();

-- A whole day is another one in another zone: until it is read anew, nothing is known of a calendar.
CREATE FUNCTION imported_calendars_rezoned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE imported_calendars SET status = CASE status WHEN 'ok' THEN 'pending' ELSE status END, expanded_until = NULL,
    next_check_at = utc_now() WHERE interviewer_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER imported_calendars_rezoned AFTER UPDATE OF timezone ON interviewers FOR EACH ROW
  WHEN (NEW.timezone <> OLD.timezone) EXECUTE FUNCTION imported_calendars_rezoned();
