-- The words of the main tables, for `q=` of their lists: a tsvector for each row, in a table of its own, kept by triggers,
-- so that it follows whoever writes. What a word is, and which are the same, is as it is on SQLite, and not what the
-- parser and the dictionaries of the server make of a text: those go by its locale, and take addresses for one word.

-- The words of a text in lower case: runs of letters and digits, without the marks of Latin letters, with strokes and
-- ligatures made plain. ICU's root collation knows letters and cases of all scripts, whatever the locale of the database.
-- Longer texts and words than any field takes are cut, as a tsvector would refuse them and with it the row.
CREATE FUNCTION search_words(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT ARRAY(
    SELECT left(word, 250)
    FROM regexp_split_to_table(
      translate(
        replace(replace(replace(replace(
          normalize(
            regexp_replace(
              normalize(lower(left(value, 100000) COLLATE "und-x-icu"), NFD), '([a-zſ])[\u0300-\u036f]+', '\1', 'g'
            ),
            NFC
          ), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        'łøđðıſςµϐϑϕϖϰϱϵ', 'loddisσμβθφπκρε'
      ) COLLATE "und-x-icu",
      '[^[:alnum:]]+'
    ) WITH ORDINALITY AS words (word, position)
    WHERE word <> ''
    ORDER BY position
  )
$$;

-- The words with their places, those of the names with weight A and those of the details with weight D.
CREATE FUNCTION search_vector(names text, details text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CAST(coalesce(string_agg(format('%s:%s%s', word, least(place, 16383), weight), ' '), '') AS tsvector)
  FROM (
    SELECT word, place, 'A' AS weight FROM unnest(search_words(names)) WITH ORDINALITY AS words (word, place)
    UNION ALL
    SELECT word, place, 'D' FROM unnest(search_words(details)) WITH ORDINALITY AS words (word, place)
  ) AS weighed
$$;

-- Some words, a JSON array, as a query: `ending` is ':*' for the beginnings of words, `operator` '&' for all of them.
-- Null when there are none, and so is every answer to it.
CREATE FUNCTION search_query(typed text, ending text, operator text)
RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT CAST(string_agg(word || ending, operator) AS tsquery)
  FROM json_array_elements_text(CAST(typed AS json)) AS one, unnest(search_words(one)) AS words (word)
$$;

CREATE TABLE interviewers_search (
  id plain_text CONSTRAINT interviewers_search_id PRIMARY KEY
    CONSTRAINT interviewers_search_row REFERENCES interviewers (id) ON UPDATE CASCADE ON DELETE CASCADE,
  words tsvector NOT NULL
);
CREATE INDEX interviewers_search_words ON interviewers_search USING gin (words);
CREATE VIEW interviewers_texts AS
  SELECT id, search_vector(name, concat_ws(' ', email, title, department, skills)) AS words FROM interviewers;

CREATE FUNCTION interviewers_indexed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO interviewers_search (id, words) SELECT id, words FROM interviewers_texts WHERE id = NEW.id
    ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words;
  RETURN NULL;
END
$$;
CREATE TRIGGER interviewers_indexed_insert AFTER INSERT ON interviewers
  FOR EACH ROW EXECUTE FUNCTION interviewers_indexed();
CREATE TRIGGER interviewers_indexed_update AFTER UPDATE OF name, email, title, department, skills ON interviewers
  FOR EACH ROW WHEN (NEW.name IS DISTINCT FROM OLD.name OR NEW.email IS DISTINCT FROM OLD.email
    OR NEW.title IS DISTINCT FROM OLD.title OR NEW.department IS DISTINCT FROM OLD.department
    OR NEW.skills IS DISTINCT FROM OLD.skills)
  EXECUTE FUNCTION interviewers_indexed();

INSERT INTO interviewers_search (id, words) SELECT id, words FROM interviewers_texts;

CREATE TABLE events_search (
  id plain_text CONSTRAINT events_search_id PRIMARY KEY
    CONSTRAINT events_search_row REFERENCES events (id) ON UPDATE CASCADE ON DELETE CASCADE,
  words tsvector NOT NULL
);
CREATE INDEX events_search_words ON events_search USING gin (words);
CREATE VIEW events_texts AS
  SELECT id, search_vector(concat_ws(' ', title, candidate_name), concat_ws(' ', candidate_email, position)) AS words
  FROM events;

CREATE FUNCTION events_indexed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO events_search (id, words) SELECT id, words FROM events_texts WHERE id = NEW.id
    ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words;
  RETURN NULL;
END
$$;
CREATE TRIGGER events_indexed_insert AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION events_indexed();
CREATE TRIGGER events_indexed_update AFTER UPDATE OF title, candidate_name, candidate_email, position ON events
  FOR EACH ROW WHEN (NEW.title IS DISTINCT FROM OLD.title OR NEW.candidate_name IS DISTINCT FROM OLD.candidate_name
    OR NEW.candidate_email IS DISTINCT FROM OLD.candidate_email OR NEW.position IS DISTINCT FROM OLD.position)
  EXECUTE FUNCTION events_indexed();

INSERT INTO events_search (id, words) SELECT id, words FROM events_texts;

CREATE TABLE tasks_search (
  id plain_text CONSTRAINT tasks_search_id PRIMARY KEY
    CONSTRAINT tasks_search_row REFERENCES tasks (id) ON UPDATE CASCADE ON DELETE CASCADE,
  words tsvector NOT NULL
);
CREATE INDEX tasks_search_words ON tasks_search USING gin (words);
CREATE VIEW tasks_texts AS
  SELECT id, search_vector(title, description) AS words FROM tasks;

CREATE FUNCTION tasks_indexed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tasks_search (id, words) SELECT id, words FROM tasks_texts WHERE id = NEW.id
    ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words;
  RETURN NULL;
END
$$;
CREATE TRIGGER tasks_indexed_insert AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION tasks_indexed();
CREATE TRIGGER tasks_indexed_update AFTER UPDATE OF title, description ON tasks
  FOR EACH ROW WHEN (NEW.title IS DISTINCT FROM OLD.title OR NEW.description IS DISTINCT FROM OLD.description)
  EXECUTE FUNCTION tasks_indexed();

INSERT INTO tasks_search (id, words) SELECT id, words FROM tasks_texts;

CREATE TABLE users_search (
  id plain_text CONSTRAINT users_search_id PRIMARY KEY
    CONSTRAINT users_search_row REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE,
  words tsvector NOT NULL
);
CREATE INDEX users_search_words ON users_search USING gin (words);
CREATE VIEW users_texts AS
  SELECT id, search_vector(name, email) AS words FROM users;

CREATE FUNCTION users_indexed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO users_search (id, words) SELECT id, words FROM users_texts WHERE id = NEW.id
    ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words;
  RETURN NULL;
END
$$;
CREATE TRIGGER users_indexed_insert AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION users_indexed();
CREATE TRIGGER users_indexed_update AFTER UPDATE OF name, email ON users
  FOR EACH ROW WHEN (NEW.name IS DISTINCT FROM OLD.name OR NEW.email IS DISTINCT FROM OLD.email)
  EXECUTE FUNCTION users_indexed();

INSERT INTO users_search (id, words) SELECT id, words FROM users_texts;

-- Where the index and the tables do not agree: rows that are missing, left over, or of other words.
CREATE VIEW search_gaps (source, id) AS
  SELECT 'interviewers', coalesce(interviewers_texts.id, interviewers_search.id)
  FROM interviewers_texts FULL JOIN interviewers_search ON interviewers_search.id = interviewers_texts.id
  WHERE interviewers_search.words IS DISTINCT FROM interviewers_texts.words
  UNION ALL
  SELECT 'events', coalesce(events_texts.id, events_search.id)
  FROM events_texts FULL JOIN events_search ON events_search.id = events_texts.id
  WHERE events_search.words IS DISTINCT FROM events_texts.words
  UNION ALL
  SELECT 'tasks', coalesce(tasks_texts.id, tasks_search.id)
  FROM tasks_texts FULL JOIN tasks_search ON tasks_search.id = tasks_texts.id
  WHERE tasks_search.words IS DISTINCT FROM tasks_texts.words
  UNION ALL
  SELECT 'users', coalesce(users_texts.id, users_search.id)
  FROM users_texts FULL JOIN users_search ON users_search.id = users_texts.id
  WHERE users_search.words IS DISTINCT FROM users_texts.words;
