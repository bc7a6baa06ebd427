CREATE TABLE interviewers (
  id plain_text CONSTRAINT interviewers_id PRIMARY KEY,
  name plain_text NOT NULL,
  email plain_text NOT NULL,
  title plain_text,
  department plain_text,
  skills plain_text NOT NULL DEFAULT '[]' CHECK (json_valid(skills)),
  interview_types plain_text NOT NULL DEFAULT '[]' CHECK (json_valid(interview_types)),
  timezone plain_text NOT NULL DEFAULT 'UTC',
  status plain_text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'inactive')),
  buffer_before_minutes INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 240),
  buffer_after_minutes INTEGER NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 240),
  max_per_day INTEGER CHECK (max_per_day > 0),
  max_per_week INTEGER CHECK (max_per_week > 0),
  weight INTEGER NOT NULL DEFAULT 100 CHECK (weight > 0),
  user_id plain_text CONSTRAINT interviewers_user REFERENCES users (id) ON DELETE SET NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now()
);
CREATE UNIQUE INDEX interviewers_email ON interviewers (lower(email));
CREATE UNIQUE INDEX interviewers_user_id ON interviewers (user_id);
CREATE INDEX interviewers_by_name ON interviewers (lower(name), id);
CREATE INDEX interviewers_by_email ON interviewers (lower(email), id);
CREATE INDEX interviewers_by_created_at ON interviewers (created_at, id);
CREATE INDEX interviewers_by_updated_at ON interviewers (updated_at, id);

CREATE TRIGGER interviewers_counted AFTER INSERT OR DELETE ON interviewers FOR EACH ROW EXECUTE FUNCTION counted();
INSERT INTO row_counts (table_name) VALUES ('interviewers');

CREATE TRIGGER interviewers_versioned BEFORE UPDATE ON interviewers FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('interviewers');
CREATE TRIGGER interviewers_watched AFTER INSERT OR UPDATE OR DELETE ON interviewers
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER interviewers_no_truncate BEFORE TRUNCATE ON interviewers EXECUTE FUNCTION no_truncate();
