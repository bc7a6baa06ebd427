-- What a candidate is shown of the person across the table; it goes with the interviewer.

-- Entries are read by place, backwards: the lowest position first, of one position the newest. As a position is at most
-- 1,000,000, what it is taken from 2,000,000 always has seven digits.
CREATE TABLE portfolio_experience (
  id TEXT PRIMARY KEY,
  interviewer_id TEXT NOT NULL REFERENCES interviewers (id) ON DELETE CASCADE,
  company TEXT NOT NULL,
  role TEXT NOT NULL,
  location TEXT,
  start_date TEXT,
  end_date TEXT,
  description TEXT,
  highlights TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(highlights)),
  position INTEGER NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 1000000),
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  CHECK (substr(start_date, 1, 7) <= substr(end_date, 1, 7)),
  CHECK (length(start_date) < 10 OR length(end_date) < 10 OR start_date <= end_date)
) STRICT;
CREATE INDEX portfolio_experience_by_interviewer ON portfolio_experience (interviewer_id, (CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_experience_by_place ON portfolio_experience ((CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_experience_by_created_at ON portfolio_experience (created_at, id);

CREATE TRIGGER portfolio_experience_counted_in AFTER INSERT ON portfolio_experience BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'portfolio_experience';
END;
CREATE TRIGGER portfolio_experience_counted_out AFTER DELETE ON portfolio_experience BEGIN
  UPDATE row_counts SET total = total - 1 WHERE table_name = 'portfolio_experience';
END;
INSERT INTO row_counts (table_name) VALUES ('portfolio_experience');

CREATE TRIGGER portfolio_experience_versioned AFTER UPDATE ON portfolio_experience WHEN NEW.version = OLD.version BEGIN
  UPDATE portfolio_experience SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

INSERT INTO table_versions (table_name) VALUES ('portfolio_experience');
CREATE TRIGGER portfolio_experience_watched_insert AFTER INSERT ON portfolio_experience BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_experience';
END;
CREATE TRIGGER portfolio_experience_watched_update AFTER UPDATE ON portfolio_experience WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_experience';
END;
CREATE TRIGGER portfolio_experience_watched_delete AFTER DELETE ON portfolio_experience BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_experience';
END;

CREATE TABLE portfolio_education (
  id TEXT PRIMARY KEY,
  interviewer_id TEXT NOT NULL REFERENCES interviewers (id) ON DELETE CASCADE,
  institution TEXT NOT NULL,
  degree TEXT,
  field TEXT,
  start_date TEXT,
  end_date TEXT,
  description TEXT,
  position INTEGER NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 1000000),
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  CHECK (substr(start_date, 1, 7) <= substr(end_date, 1, 7)),
  CHECK (length(start_date) < 10 OR length(end_date) < 10 OR start_date <= end_date)
) STRICT;
CREATE INDEX portfolio_education_by_interviewer ON portfolio_education (interviewer_id, (CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_education_by_place ON portfolio_education ((CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_education_by_created_at ON portfolio_education (created_at, id);

CREATE TRIGGER portfolio_education_counted_in AFTER INSERT ON portfolio_education BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'portfolio_education';
END;
CREATE TRIGGER portfolio_education_counted_out AFTER DELETE ON portfolio_education BEGIN
  UPDATE row_counts SET total = total - 1 WHERE table_name = 'portfolio_education';
END;
INSERT INTO row_counts (table_name) VALUES ('portfolio_education');

CREATE TRIGGER portfolio_education_versioned AFTER UPDATE ON portfolio_education WHEN NEW.version = OLD.version BEGIN
  UPDATE portfolio_education SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

INSERT INTO table_versions (table_name) VALUES ('portfolio_education');
CREATE TRIGGER portfolio_education_watched_insert AFTER INSERT ON portfolio_education BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_education';
END;
CREATE TRIGGER portfolio_education_watched_update AFTER UPDATE ON portfolio_education WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_education';
END;
CREATE TRIGGER portfolio_education_watched_delete AFTER DELETE ON portfolio_education BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_education';
END;

CREATE TABLE portfolio_skills (
  id TEXT PRIMARY KEY,
  interviewer_id TEXT NOT NULL REFERENCES interviewers (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  category TEXT,
  level INTEGER CHECK (level BETWEEN 1 AND 5),
  years REAL CHECK (years BETWEEN 0 AND 80),
  position INTEGER NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 1000000),
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE UNIQUE INDEX portfolio_skills_name ON portfolio_skills (interviewer_id, lower(name));
CREATE INDEX portfolio_skills_by_interviewer ON portfolio_skills (interviewer_id, (CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_skills_by_place ON portfolio_skills ((CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_skills_by_created_at ON portfolio_skills (created_at, id);

CREATE TRIGGER portfolio_skills_counted_in AFTER INSERT ON portfolio_skills BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'portfolio_skills';
END;
CREATE TRIGGER portfolio_skills_counted_out AFTER DELETE ON portfolio_skills BEGIN
  UPDATE row_counts SET total = total - 1 WHERE table_name = 'portfolio_skills';
END;
INSERT INTO row_counts (table_name) VALUES ('portfolio_skills');

CREATE TRIGGER portfolio_skills_versioned AFTER UPDATE ON portfolio_skills WHEN NEW.version = OLD.version BEGIN
  UPDATE portfolio_skills SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

INSERT INTO table_versions (table_name) VALUES ('portfolio_skills');
CREATE TRIGGER portfolio_skills_watched_insert AFTER INSERT ON portfolio_skills BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_skills';
END;
CREATE TRIGGER portfolio_skills_watched_update AFTER UPDATE ON portfolio_skills WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_skills';
END;
CREATE TRIGGER portfolio_skills_watched_delete AFTER DELETE ON portfolio_skills BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_skills';
END;

CREATE TABLE portfolio_projects (
  id TEXT PRIMARY KEY,
  interviewer_id TEXT NOT NULL REFERENCES interviewers (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  description TEXT,
  url TEXT,
  repository_url TEXT,
  technologies TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(technologies)),
  start_date TEXT,
  end_date TEXT,
  position INTEGER NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 1000000),
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  CHECK (substr(start_date, 1, 7) <= substr(end_date, 1, 7)),
  CHECK (length(start_date) < 10 OR length(end_date) < 10 OR start_date <= end_date)
) STRICT;
CREATE INDEX portfolio_projects_by_interviewer ON portfolio_projects (interviewer_id, (CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_projects_by_place ON portfolio_projects ((CAST(2000000 - position AS text) || created_at), id);
CREATE INDEX portfolio_projects_by_created_at ON portfolio_projects (created_at, id);

CREATE TRIGGER portfolio_projects_counted_in AFTER INSERT ON portfolio_projects BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'portfolio_projects';
END;
CREATE TRIGGER portfolio_projects_counted_out AFTER DELETE ON portfolio_projects BEGIN
  UPDATE row_counts SET total = total - 1 WHERE table_name = 'portfolio_projects';
END;
INSERT INTO row_counts (table_name) VALUES ('portfolio_projects');

CREATE TRIGGER portfolio_projects_versioned AFTER UPDATE ON portfolio_projects WHEN NEW.version = OLD.version BEGIN
  UPDATE portfolio_projects SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

INSERT INTO table_versions (table_name) VALUES ('portfolio_projects');
CREATE TRIGGER portfolio_projects_watched_insert AFTER INSERT ON portfolio_projects BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_projects';
END;
CREATE TRIGGER portfolio_projects_watched_update AFTER UPDATE ON portfolio_projects WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_projects';
END;
CREATE TRIGGER portfolio_projects_watched_delete AFTER DELETE ON portfolio_projects BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_projects';
END;

CREATE TABLE portfolio_biodata (
  interviewer_id TEXT PRIMARY KEY REFERENCES interviewers (id) ON DELETE CASCADE,
  headline TEXT,
  summary TEXT,
  location TEXT,
  pronouns TEXT,
  languages TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(languages)),
  links TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(links)),
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TRIGGER portfolio_biodata_versioned AFTER UPDATE ON portfolio_biodata WHEN NEW.version = OLD.version BEGIN
  UPDATE portfolio_biodata SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE interviewer_id = NEW.interviewer_id;
END;

INSERT INTO table_versions (table_name) VALUES ('portfolio_biodata');
CREATE TRIGGER portfolio_biodata_watched_insert AFTER INSERT ON portfolio_biodata BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_biodata';
END;
CREATE TRIGGER portfolio_biodata_watched_update AFTER UPDATE ON portfolio_biodata WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_biodata';
END;
CREATE TRIGGER portfolio_biodata_watched_delete AFTER DELETE ON portfolio_biodata BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'portfolio_biodata';
END;
