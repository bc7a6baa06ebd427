-- Addresses under which calendar programs read the interviews of one interviewer. Of the secret in them there is only its
-- SHA-256.
CREATE TABLE feeds (
  id plain_text CONSTRAINT feeds_id PRIMARY KEY,
  interviewer_id plain_text NOT NULL CONSTRAINT feeds_interviewer REFERENCES interviewers (id) ON DELETE CASCADE,
  hash plain_text NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now()
);
CREATE UNIQUE INDEX feeds_hash ON feeds (hash);
CREATE INDEX feeds_by_interviewer ON feeds (interviewer_id, id);

CREATE TRIGGER feeds_versioned BEFORE UPDATE ON feeds FOR EACH ROW EXECUTE FUNCTION versioned();
INSERT INTO table_versions (table_name) VALUES ('feeds');
CREATE TRIGGER feeds_watched AFTER INSERT OR UPDATE OR DELETE ON feeds FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER feeds_no_truncate BEFORE TRUNCATE ON feeds EXECUTE FUNCTION no_truncate();

-- The last answer that came from a calendar program, so that one which is older changes nothing.
CREATE TABLE calendar_replies (
  event_id plain_text NOT NULL CONSTRAINT calendar_replies_event REFERENCES events (id) ON DELETE CASCADE,
  interviewer_id plain_text NOT NULL
    CONSTRAINT calendar_replies_interviewer REFERENCES interviewers (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  stamp plain_text NOT NULL, -- its DTSTAMP
  CONSTRAINT calendar_replies_id PRIMARY KEY (event_id, interviewer_id)
);
