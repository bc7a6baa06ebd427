-- The words of the main tables, for `q=` of their lists: an FTS5 table for each (sqlite.org/fts5.html), of external
-- content, so that no text is kept twice, and kept by triggers, so that it follows whoever writes.
--
-- FTS5 knows rows by a rowid. That of the main tables will not do: without an INTEGER PRIMARY KEY, VACUUM may number them
-- anew (sqlite.org/lang_vacuum.html), and every match would name another row. So each row gets a number that stays.
-- Tables without content would do without (`contentless_delete`), but SQLite knows them from 3.43 on only: an older
-- shell, as that of Debian 12 is, could write to no table that has such an index.
--
-- There are no `prefix` indexes: with 100,000 rows they made no search faster, as its time is that of the rows it finds,
-- every insert dearer by a fifth to a half, and the check of the file at the start two to three times as long.
CREATE TABLE search_numbers (
  number INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  id TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX search_numbers_source_id ON search_numbers (source, id);

-- What is searched: `names`, which count for more, and `details`. What the tokenizer leaves is made plain here, as it
-- only takes marks off Latin letters and folds the case: letters with strokes, and ligatures. The query is treated the
-- same, in db/dialect.ts. Skills are JSON, of which the marks between are no words and the strings are as they read.
CREATE VIEW search_texts (source, number, id, names, details) AS
  SELECT raw.source, raw.number, raw.id,
    replace(replace(replace(replace(replace(replace(replace(replace(replace(
      replace(replace(replace(replace(replace(replace(replace(replace(raw.names,
        'Ł', 'L'), 'ł', 'l'), 'Ø', 'O'), 'ø', 'o'), 'Đ', 'D'), 'đ', 'd'), 'Ð', 'D'), 'ð', 'd'), 'ı', 'i'),
        'ẞ', 'ss'), 'ß', 'ss'), 'Æ', 'AE'), 'æ', 'ae'), 'Œ', 'OE'), 'œ', 'oe'), 'Þ', 'TH'), 'þ', 'th'),
    replace(replace(replace(replace(replace(replace(replace(replace(replace(
      replace(replace(replace(replace(replace(replace(replace(replace(raw.details,
        'Ł', 'L'), 'ł', 'l'), 'Ø', 'O'), 'ø', 'o'), 'Đ', 'D'), 'đ', 'd'), 'Ð', 'D'), 'ð', 'd'), 'ı', 'i'),
        'ẞ', 'ss'), 'ß', 'ss'), 'Æ', 'AE'), 'æ', 'ae'), 'Œ', 'OE'), 'œ', 'oe'), 'Þ', 'TH'), 'þ', 'th')
  FROM (
    SELECT source, number, interviewers.id,
      interviewers.name AS names,
      interviewers.email || ' ' || coalesce(interviewers.title, '') || ' ' || coalesce(interviewers.department, '')
        || ' ' || interviewers.skills AS details
    FROM search_numbers JOIN interviewers ON interviewers.id = search_numbers.id WHERE source = 'interviewers'
    UNION ALL
    SELECT source, number, events.id,
      events.title || ' ' || coalesce(events.candidate_name, '') AS names,
      coalesce(events.candidate_email, '') || ' ' || coalesce(events.position, '') AS details
    FROM search_numbers JOIN events ON events.id = search_numbers.id WHERE source = 'events'
    UNION ALL
    SELECT source, number, tasks.id,
      tasks.title AS names,
      coalesce(tasks.description, '') AS details
    FROM search_numbers JOIN tasks ON tasks.id = search_numbers.id WHERE source = 'tasks'
    UNION ALL
    SELECT source, number, users.id,
      users.name AS names,
      users.email AS details
    FROM search_numbers JOIN users ON users.id = search_numbers.id WHERE source = 'users'
  ) AS raw;

CREATE VIEW interviewers_texts AS SELECT number, names, details FROM search_texts WHERE source = 'interviewers';
CREATE VIRTUAL TABLE interviewers_search USING fts5 (
  names, details, content = 'interviewers_texts', content_rowid = 'number',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* Nd'"
);
INSERT INTO interviewers_search (interviewers_search, rank) VALUES ('rank', 'bm25(4.0, 1.0)');

CREATE TRIGGER interviewers_indexed_insert AFTER INSERT ON interviewers BEGIN
  INSERT INTO search_numbers (source, id) VALUES ('interviewers', NEW.id);
  INSERT INTO interviewers_search (rowid, names, details)
    SELECT number, names, details FROM search_texts WHERE source = 'interviewers' AND id = NEW.id;
END;
-- FTS5 must be told what it takes out: the old texts, which the view shows until the row is written.
CREATE TRIGGER interviewers_indexed_before_update BEFORE UPDATE OF id, name, email, title, department, skills ON interviewers
WHEN NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.email IS NOT OLD.email
  OR NEW.title IS NOT OLD.title OR NEW.department IS NOT OLD.department OR NEW.skills IS NOT OLD.skills BEGIN
  INSERT INTO interviewers_search (interviewers_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts WHERE source = 'interviewers' AND id = OLD.id;
END;
CREATE TRIGGER interviewers_indexed_update AFTER UPDATE OF id, name, email, title, department, skills ON interviewers
WHEN NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.email IS NOT OLD.email
  OR NEW.title IS NOT OLD.title OR NEW.department IS NOT OLD.department OR NEW.skills IS NOT OLD.skills BEGIN
  UPDATE search_numbers SET id = NEW.id WHERE source = 'interviewers' AND id = OLD.id;
  INSERT INTO interviewers_search (rowid, names, details)
    SELECT number, names, details FROM search_texts WHERE source = 'interviewers' AND id = NEW.id;
END;
CREATE TRIGGER interviewers_indexed_delete BEFORE DELETE ON interviewers BEGIN
  INSERT INTO interviewers_search (interviewers_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts WHERE source = 'interviewers' AND id = OLD.id;
  DELETE FROM search_numbers WHERE source = 'interviewers' AND id = OLD.id;
END;

INSERT INTO search_numbers (source, id) SELECT 'interviewers', id FROM interviewers ORDER BY id;
INSERT INTO interviewers_search (interviewers_search) VALUES ('rebuild');

CREATE VIEW events_texts AS SELECT number, names, details FROM search_texts WHERE source = 'events';
CREATE VIRTUAL TABLE events_search USING fts5 (
  names, details, content = 'events_texts', content_rowid = 'number',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* Nd'"
);
INSERT INTO events_search (events_search, rank) VALUES ('rank', 'bm25(4.0, 1.0)');

CREATE TRIGGER events_indexed_insert AFTER INSERT ON events BEGIN
  INSERT INTO search_numbers (source, id) VALUES ('events', NEW.id);
  INSERT INTO events_search (rowid, names, details)
    SELECT number, names, details FROM search_texts WHERE source = 'events' AND id = NEW.id;
END;
-- FTS5 must be told what it takes out: the old texts, which the view shows until the row is written.
CREATE TRIGGER events_indexed_before_update BEFORE UPDATE OF id, title, candidate_name, candidate_email, position ON events
WHEN NEW.id IS NOT OLD.id OR NEW.title IS NOT OLD.title OR NEW.candidate_name IS NOT OLD.candidate_name
  OR NEW.candidate_email IS NOT OLD.candidate_email OR NEW.position IS NOT OLD.position BEGIN
  INSERT INTO events_search (events_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts WHERE source = 'events' AND id = OLD.id;
END;
CREATE TRIGGER events_indexed_update AFTER UPDATE OF id, title, candidate_name, candidate_email, position ON events
WHEN NEW.id IS NOT OLD.id OR NEW.title IS NOT OLD.title OR NEW.candidate_name IS NOT OLD.candidate_name
  OR NEW.candidate_email IS NOT OLD.candidate_email OR NEW.position IS NOT OLD.position BEGIN
  UPDATE search_numbers SET id = NEW.id WHERE source = 'events' AND id = OLD.id;
  INSERT INTO events_search (rowid, names, details)
    SELECT number, names, details FROM search_texts WHERE source = 'events' AND id = NEW.id;
END;
CREATE TRIGGER events_indexed_delete BEFORE DELETE ON events BEGIN
  INSERT INTO events_search (events_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts WHERE source = 'events' AND id = OLD.id;
  DELETE FROM search_numbers WHERE source = 'events' AND id = OLD.id;
END;

INSERT INTO search_numbers (source, id) SELECT 'events', id FROM events ORDER BY id;
INSERT INTO events_search (events_search) VALUES ('rebuild');

CREATE VIEW tasks_texts AS SELECT number, names, details FROM search_texts WHERE source = 'tasks';
CREATE VIRTUAL TABLE tasks_search USING fts5 (
  names, details, content = 'tasks_texts', content_rowid = 'number',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* Nd'"
);
INSERT INTO tasks_search (tasks_search, rank) VALUES ('rank', 'bm25(4.0, 1.0)');

CREATE TRIGGER tasks_indexed_insert AFTER INSERT ON tasks BEGIN
  INSERT INTO search_numbers (source, id) VALUES ('tasks', NEW.id);
  INSERT INTO tasks_search (rowid, names, details)
    SELECT number, names, details FROM search_texts WHERE source = 'tasks' AND id = NEW.id;
END;
-- FTS5 must be told what it takes out: the old texts, which the view shows until the row is written.
CREATE TRIGGER tasks_indexed_before_update BEFORE UPDATE OF id, title, description ON tasks
WHEN NEW.id IS NOT OLD.id OR NEW.title IS NOT OLD.title OR NEW.description IS NOT OLD.description BEGIN
  INSERT INTO tasks_search (tasks_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts WHERE source = 'tasks' AND id = OLD.id;
END;
CREATE TRIGGER tasks_indexed_update AFTER UPDATE OF id, title, description ON tasks
WHEN NEW.id IS NOT OLD.id OR NEW.title IS NOT OLD.title OR NEW.description IS NOT OLD.description BEGIN
  UPDATE search_numbers SET id = NEW.id WHERE source = 'tasks' AND id = OLD.id;
  INSERT INTO tasks_search (rowid, names, details)
    SELECT number, names, details FROM search_texts WHERE source = 'tasks' AND id = NEW.id;
END;
CREATE TRIGGER tasks_indexed_delete BEFORE DELETE ON tasks BEGIN
  INSERT INTO tasks_search (tasks_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts WHERE source = 'tasks' AND id = OLD.id;
  DELETE FROM search_numbers WHERE source = 'tasks' AND id = OLD.id;
END;

INSERT INTO search_numbers (source, id) SELECT 'tasks', id FROM tasks ORDER BY id;
INSERT INTO tasks_search (tasks_search) VALUES ('rebuild');

CREATE VIEW users_texts AS SELECT number, names, details FROM search_texts WHERE source = 'users';
CREATE VIRTUAL TABLE users_search USING fts5 (
  names, details, content = 'users_texts', content_rowid = 'number',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* Nd'"
);
INSERT INTO users_search (users_search, rank) VALUES ('rank', 'bm25(4.0, 1.0)');

CREATE TRIGGER users_indexed_insert AFTER INSERT ON users BEGIN
  INSERT INTO search_numbers (source, id) VALUES ('users', NEW.id);
  INSERT INTO users_search (rowid, names, details)
    SELECT number, names, details FROM search_texts WHERE source = 'users' AND id = NEW.id;
END;
-- FTS5 must be told what it takes out: the old texts, which the view shows until the row is written.
CREATE TRIGGER users_indexed_before_update BEFORE UPDATE OF id, name, email ON users
WHEN NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.email IS NOT OLD.email BEGIN
  INSERT INTO users_search (users_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts WHERE source = 'users' AND id = OLD.id;
END;
CREATE TRIGGER users_indexed_update AFTER UPDATE OF id, name, email ON users
WHEN NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.email IS NOT OLD.email BEGIN
  UPDATE search_numbers SET id = NEW.id WHERE source = 'users' AND id = OLD.id;
  INSERT INTO users_search (rowid, names, details)
    SELECT number, names, details FROM search_texts WHERE source = 'users' AND id = NEW.id;
END;
CREATE TRIGGER users_indexed_delete BEFORE DELETE ON users BEGIN
  INSERT INTO users_search (users_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts WHERE source = 'users' AND id = OLD.id;
  DELETE FROM search_numbers WHERE source = 'users' AND id = OLD.id;
END;

INSERT INTO search_numbers (source, id) SELECT 'users', id FROM users ORDER BY id;
INSERT INTO users_search (users_search) VALUES ('rebuild');

-- What the index of a table cannot know by itself: rows without a number, and numbers without a row.
CREATE VIEW search_gaps (source, id) AS
  SELECT source, id FROM (
    SELECT 'interviewers' AS source, id FROM interviewers
    UNION ALL
    SELECT 'events' AS source, id FROM events
    UNION ALL
    SELECT 'tasks' AS source, id FROM tasks
    UNION ALL
    SELECT 'users' AS source, id FROM users
  ) AS kept WHERE NOT EXISTS (SELECT 1 FROM search_numbers AS own WHERE own.source = kept.source AND own.id = kept.id)
  UNION ALL
  SELECT source, id FROM search_numbers WHERE number NOT IN (SELECT number FROM search_texts);
