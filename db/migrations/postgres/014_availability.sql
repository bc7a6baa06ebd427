-- The hours somebody gives, in their local wall time: JSON, as clients see it. No row for whoever has said nothing yet; it
-- goes with the interviewer.
CREATE TABLE availability (
  interviewer_id plain_text CONSTRAINT availability_interviewer_id PRIMARY KEY
    CONSTRAINT availability_interviewer REFERENCES interviewers (id) ON DELETE CASCADE,
  weekly plain_text NOT NULL CHECK (json_valid(weekly)),
  overrides plain_text NOT NULL DEFAULT '[]' CHECK (json_valid(overrides)),
  time_off plain_text NOT NULL DEFAULT '[]' CHECK (json_valid(time_off)),
  travel plain_text NOT NULL DEFAULT '[]' CHECK (json_valid(travel)),
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now()
);

CREATE TRIGGER availability_versioned BEFORE UPDATE ON availability FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('availability');
CREATE TRIGGER availability_watched AFTER INSERT OR UPDATE OR DELETE ON availability
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER availability_no_truncate BEFORE TRUNCATE ON availability EXECUTE FUNCTION no_truncate();

-- Hours are shown with the interviewer's zone: no version of them may cover an old one.
CREATE FUNCTION interviewers_rezoned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE availability SET version = version + 1, updated_at = utc_now() WHERE interviewer_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER interviewers_rezoned AFTER UPDATE OF timezone ON interviewers FOR EACH ROW
  WHEN (NEW.timezone <> OLD.timezone) EXECUTE FUNCTION interviewers_rezoned();
