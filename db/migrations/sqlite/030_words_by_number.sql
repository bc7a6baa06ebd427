-- The index of words finds the row whose words it takes in or out by its number. By the id of the row, SQLite may read a
-- whole table for every row that is written, as all the tables stand behind one view.

DROP TRIGGER interviewers_indexed_insert;
CREATE TRIGGER interviewers_indexed_insert AFTER INSERT ON interviewers BEGIN
  INSERT INTO search_numbers (source, id) VALUES ('interviewers', NEW.id);
  INSERT INTO interviewers_search (rowid, names, details)
    SELECT number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'interviewers' AND id = NEW.id);
END;

DROP TRIGGER interviewers_indexed_before_update;
CREATE TRIGGER interviewers_indexed_before_update BEFORE UPDATE OF id, name, email, title, department, skills ON interviewers
WHEN NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.email IS NOT OLD.email
  OR NEW.title IS NOT OLD.title OR NEW.department IS NOT OLD.department OR NEW.skills IS NOT OLD.skills BEGIN
  INSERT INTO interviewers_search (interviewers_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'interviewers' AND id = OLD.id);
END;

DROP TRIGGER interviewers_indexed_update;
CREATE TRIGGER interviewers_indexed_update AFTER UPDATE OF id, name, email, title, department, skills ON interviewers
WHEN NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.email IS NOT OLD.email
  OR NEW.title IS NOT OLD.title OR NEW.department IS NOT OLD.department OR NEW.skills IS NOT OLD.skills BEGIN
  UPDATE search_numbers SET id = NEW.id WHERE source = 'interviewers' AND id = OLD.id;
  INSERT INTO interviewers_search (rowid, names, details)
    SELECT number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'interviewers' AND id = NEW.id);
END;

DROP TRIGGER interviewers_indexed_delete;
CREATE TRIGGER interviewers_indexed_delete BEFORE DELETE ON interviewers BEGIN
  INSERT INTO interviewers_search (interviewers_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'interviewers' AND id = OLD.id);
  DELETE FROM search_numbers WHERE source = 'interviewers' AND id = OLD.id;
END;

DROP TRIGGER events_indexed_insert;
CREATE TRIGGER events_indexed_insert AFTER INSERT ON events BEGIN
  INSERT INTO search_numbers (source, id) VALUES ('events', NEW.id);
  INSERT INTO events_search (rowid, names, details)
    SELECT number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'events' AND id = NEW.id);
END;

DROP TRIGGER events_indexed_before_update;
CREATE TRIGGER events_indexed_before_update BEFORE UPDATE OF id, title, candidate_name, candidate_email, position ON events
WHEN NEW.id IS NOT OLD.id OR NEW.title IS NOT OLD.title OR NEW.candidate_name IS NOT OLD.candidate_name
  OR NEW.candidate_email IS NOT OLD.candidate_email OR NEW.position IS NOT OLD.position BEGIN
  INSERT INTO events_search (events_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'events' AND id = OLD.id);
END;

DROP TRIGGER events_indexed_update;
CREATE TRIGGER events_indexed_update AFTER UPDATE OF id, title, candidate_name, candidate_email, position ON events
WHEN NEW.id IS NOT OLD.id OR NEW.title IS NOT OLD.title OR NEW.candidate_name IS NOT OLD.candidate_name
  OR NEW.candidate_email IS NOT OLD.candidate_email OR NEW.position IS NOT OLD.position BEGIN
  UPDATE search_numbers SET id = NEW.id WHERE source = 'events' AND id = OLD.id;
  INSERT INTO events_search (rowid, names, details)
    SELECT number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'events' AND id = NEW.id);
END;

DROP TRIGGER events_indexed_delete;
CREATE TRIGGER events_indexed_delete BEFORE DELETE ON events BEGIN
  INSERT INTO events_search (events_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'events' AND id = OLD.id);
  DELETE FROM search_numbers WHERE source = 'events' AND id = OLD.id;
END;

DROP TRIGGER tasks_indexed_insert;
CREATE TRIGGER tasks_indexed_insert AFTER INSERT ON tasks BEGIN
  INSERT INTO search_numbers (source, id) VALUES ('tasks', NEW.id);
  INSERT INTO tasks_search (rowid, names, details)
    SELECT number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'tasks' AND id = NEW.id);
END;

DROP TRIGGER tasks_indexed_before_update;
CREATE TRIGGER tasks_indexed_before_update BEFORE UPDATE OF id, title, description ON tasks
WHEN NEW.id IS NOT OLD.id OR NEW.title IS NOT OLD.title OR NEW.description IS NOT OLD.description BEGIN
  INSERT INTO tasks_search (tasks_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'tasks' AND id = OLD.id);
END;

DROP TRIGGER tasks_indexed_update;
CREATE TRIGGER tasks_indexed_update AFTER UPDATE OF id, title, description ON tasks
WHEN NEW.id IS NOT OLD.id OR NEW.title IS NOT OLD.title OR NEW.description IS NOT OLD.description BEGIN
  UPDATE search_numbers SET id = NEW.id WHERE source = 'tasks' AND id = OLD.id;
  INSERT INTO tasks_search (rowid, names, details)
    SELECT number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'tasks' AND id = NEW.id);
END;

DROP TRIGGER tasks_indexed_delete;
CREATE TRIGGER tasks_indexed_delete BEFORE DELETE ON tasks BEGIN
  INSERT INTO tasks_search (tasks_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'tasks' AND id = OLD.id);
  DELETE FROM search_numbers WHERE source = 'tasks' AND id = OLD.id;
END;

DROP TRIGGER users_indexed_insert;
CREATE TRIGGER users_indexed_insert AFTER INSERT ON users BEGIN
  INSERT INTO search_numbers (source, id) VALUES ('users', NEW.id);
  INSERT INTO users_search (rowid, names, details)
    SELECT number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'users' AND id = NEW.id);
END;

DROP TRIGGER users_indexed_before_update;
CREATE TRIGGER users_indexed_before_update BEFORE UPDATE OF id, name, email ON users
WHEN NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.email IS NOT OLD.email BEGIN
  INSERT INTO users_search (users_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'users' AND id = OLD.id);
END;

DROP TRIGGER users_indexed_update;
CREATE TRIGGER users_indexed_update AFTER UPDATE OF id, name, email ON users
WHEN NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.email IS NOT OLD.email BEGIN
  UPDATE search_numbers SET id = NEW.id WHERE source = 'users' AND id = OLD.id;
  INSERT INTO users_search (rowid, names, details)
    SELECT number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'users' AND id = NEW.id);
END;

DROP TRIGGER users_indexed_delete;
CREATE TRIGGER users_indexed_delete BEFORE DELETE ON users BEGIN
  INSERT INTO users_search (users_search, rowid, names, details)
    SELECT 'delete', number, names, details FROM search_texts
    WHERE number = (SELECT number FROM search_numbers WHERE source = 'users' AND id = OLD.id);
  DELETE FROM search_numbers WHERE source = 'users' AND id = OLD.id;
END;
