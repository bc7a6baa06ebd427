-- What a candidate is shown of the person across the table; it goes with the interviewer.

-- Entries are read by place, backwards: the lowest position first, of one position the newest. As a position is at most
-- 1,000,000, what it is taken from 2,000,000 always has seven digits.
CREATE TABLE portfolio_experience (
  id plain_text CONSTRAINT portfolio_experience_id PRIMARY KEY,
  interviewer_id plain_text NOT NULL CONSTRAINT portfolio_experience_interviewer REFERENCES interviewers (id) ON DELETE CASCADE,
  company plain_text NOT NULL,
  role plain_text NOT NULL,
  location plain_text,
  start_date plain_text,
  end_date plain_text,
  description plain_text,
  highlights plain_text NOT NULL DEFAULT '[]' CHECK (json_valid(highlights)),
  position INTEGER NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 1000000),
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now(),
  CHECK (substr(start_date, 1, 7) <= substr(end_date, 1, 7)),
  CHECK (length(start_date) < 10 OR length(end_date) < 10 OR start_date <= end_date)
);
CREATE INDEX portfolio_experience_by_interviewer ON portfolio_experience (interviewer_id, (CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_experience_by_place ON portfolio_experience ((CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_experience_by_created_at ON portfolio_experience (created_at, id);

CREATE TRIGGER portfolio_experience_counted AFTER INSERT OR DELETE ON portfolio_experience FOR EACH ROW EXECUTE FUNCTION counted();
INSERT INTO row_counts (table_name) VALUES ('portfolio_experience');

CREATE TRIGGER portfolio_experience_versioned BEFORE UPDATE ON portfolio_experience FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('portfolio_experience');
CREATE TRIGGER portfolio_experience_watched AFTER INSERT OR UPDATE OR DELETE ON portfolio_experience
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER portfolio_experience_no_truncate BEFORE TRUNCATE ON portfolio_experience EXECUTE FUNCTION no_truncate();

CREATE TABLE portfolio_education (
  id plain_text CONSTRAINT portfolio_education_id PRIMARY KEY,
  interviewer_id plain_text NOT NULL CONSTRAINT portfolio_education_interviewer REFERENCES interviewers (id) ON DELETE CASCADE,
  institution plain_text NOT NULL,
  degree plain_text,
  field plain_text,
  start_date plain_text,
  end_date plain_text,
  description plain_text,
  position INTEGER NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 1000000),
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now(),
  CHECK (substr(start_date, 1, 7) <= substr(end_date, 1, 7)),
  CHECK (length(start_date) < 10 OR length(end_date) < 10 OR start_date <= end_date)
);
CREATE INDEX portfolio_education_by_interviewer ON portfolio_education (interviewer_id, (CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_education_by_place ON portfolio_education ((CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_education_by_created_at ON portfolio_education (created_at, id);

CREATE TRIGGER portfolio_education_counted AFTER INSERT OR DELETE ON portfolio_education FOR EACH ROW EXECUTE FUNCTION counted();
INSERT INTO row_counts (table_name) VALUES ('portfolio_education');

CREATE TRIGGER portfolio_education_versioned BEFORE UPDATE ON portfolio_education FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('portfolio_education');
CREATE TRIGGER portfolio_education_watched AFTER INSERT OR UPDATE OR DELETE ON portfolio_education
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER portfolio_education_no_truncate BEFORE TRUNCATE ON portfolio_education EXECUTE FUNCTION no_truncate();

CREATE TABLE portfolio_skills (
  id plain_text CONSTRAINT portfolio_skills_id PRIMARY KEY,
  interviewer_id plain_text NOT NULL CONSTRAINT portfolio_skills_interviewer REFERENCES interviewers (id) ON DELETE CASCADE,
  name plain_text NOT NULL,
  category plain_text,
  level INTEGER CHECK (level BETWEEN 1 AND 5),
  years DOUBLE PRECISION CHECK (years BETWEEN 0 AND 80),
  position INTEGER NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 1000000),
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now()
);
CREATE UNIQUE INDEX portfolio_skills_name ON portfolio_skills (interviewer_id, lower(name));
CREATE INDEX portfolio_skills_by_interviewer ON portfolio_skills (interviewer_id, (CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_skills_by_place ON portfolio_skills ((CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_skills_by_created_at ON portfolio_skills (created_at, id);

CREATE TRIGGER portfolio_skills_counted AFTER INSERT OR DELETE ON portfolio_skills FOR EACH ROW EXECUTE FUNCTION counted();
INSERT INTO row_counts (table_name) VALUES ('portfolio_skills');

CREATE TRIGGER portfolio_skills_versioned BEFORE UPDATE ON portfolio_skills FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('portfolio_skills');
CREATE TRIGGER portfolio_skills_watched AFTER INSERT OR UPDATE OR DELETE ON portfolio_skills
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER portfolio_skills_no_truncate BEFORE TRUNCATE ON portfolio_skills EXECUTE FUNCTION no_truncate();

CREATE TABLE portfolio_projects (
  id plain_text CONSTRAINT portfolio_projects_id PRIMARY KEY,
  interviewer_id plain_text NOT NULL CONSTRAINT portfolio_projects_interviewer REFERENCES interviewers (id) ON DELETE CASCADE,
  name plain_text NOT NULL,
  description plain_text,
  url plain_text,
  repository_url plain_text,
  technologies plain_text NOT NULL DEFAULT '[]' CHECK (json_valid(technologies)),
  start_date plain_text,
  end_date plain_text,
  position INTEGER NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 1000000),
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now(),
  CHECK (substr(start_date, 1, 7) <= substr(end_date, 1, 7)),
  CHECK (length(start_date) < 10 OR length(end_date) < 10 OR start_date <= end_date)
);
CREATE INDEX portfolio_projects_by_interviewer ON portfolio_projects (interviewer_id, (CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_projects_by_place ON portfolio_projects ((CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_projects_by_created_at ON portfolio_projects (created_at, id);

CREATE TRIGGER portfolio_projects_counted AFTER INSERT OR DELETE ON portfolio_projects FOR EACH ROW EXECUTE FUNCTION counted();
INSERT INTO row_counts (table_name) VALUES ('portfolio_projects');

CREATE TRIGGER portfolio_projects_versioned BEFORE UPDATE ON portfolio_projects FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('portfolio_projects');
CREATE TRIGGER portfolio_projects_watched AFTER INSERT OR UPDATE OR DELETE ON portfolio_projects
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER portfolio_projects_no_truncate BEFORE TRUNCATE ON portfolio_projects EXECUTE FUNCTION no_truncate();

CREATE TABLE portfolio_biodata (
  interviewer_id plain_text CONSTRAINT portfolio_biodata_interviewer_id PRIMARY KEY
    CONSTRAINT portfolio_biodata_interviewer REFERENCES interviewers (id) ON DELETE CASCADE,
  headline plain_text,
  summary plain_text,
  location plain_text,
  pronouns plain_text,
  languages plain_text NOT NULL DEFAULT '[]' CHECK (json_valid(languages)),
  links plain_text NOT NULL DEFAULT '[]' CHECK (json_valid(links)),
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now()
);

CREATE TRIGGER portfolio_biodata_versioned BEFORE UPDATE ON portfolio_biodata FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('portfolio_biodata');
CREATE TRIGGER portfolio_biodata_watched AFTER INSERT OR UPDATE OR DELETE ON portfolio_biodata
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER portfolio_biodata_no_truncate BEFORE TRUNCATE ON portfolio_biodata EXECUTE FUNCTION no_truncate();
