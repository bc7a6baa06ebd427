CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL DEFAULT 'interviewer' CHECK (role IN ('admin', 'talent', 'interviewer')),
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  password_hash TEXT,
  last_login_at TEXT,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE UNIQUE INDEX users_email ON users (lower(email));
CREATE INDEX users_by_name ON users (lower(name), id);
CREATE INDEX users_by_created_at ON users (created_at, id);
CREATE INDEX users_admins ON users (status) WHERE role = 'admin';

CREATE TRIGGER users_versioned AFTER UPDATE ON users WHEN NEW.version = OLD.version BEGIN
  UPDATE users SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

INSERT INTO table_versions (table_name) VALUES ('users');
CREATE TRIGGER users_watched_insert AFTER INSERT ON users BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'users';
END;
CREATE TRIGGER users_watched_update AFTER UPDATE ON users WHEN NEW.version <> OLD.version BEGIN -- the row's own bump, so that one UPDATE counts once
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'users';
END;
CREATE TRIGGER users_watched_delete AFTER DELETE ON users BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'users';
END;

-- One row, so that a count reads one row however many users there are.
CREATE TABLE user_stats (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  total_users INTEGER NOT NULL,
  last_updated TEXT NOT NULL
) STRICT;
INSERT INTO user_stats (id, total_users, last_updated) VALUES (1, 0, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));

CREATE TRIGGER users_counted_in AFTER INSERT ON users BEGIN
  UPDATE user_stats SET total_users = total_users + 1, last_updated = strftime('%Y-%m-%dT%H:%M:%fZ', 'now');
END;
CREATE TRIGGER users_counted_out AFTER DELETE ON users BEGIN
  UPDATE user_stats SET total_users = total_users - 1, last_updated = strftime('%Y-%m-%dT%H:%M:%fZ', 'now');
END;

INSERT INTO table_versions (table_name) VALUES ('user_stats');
CREATE TRIGGER user_stats_watched_insert AFTER INSERT ON user_stats BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'user_stats';
END;
CREATE TRIGGER user_stats_watched_update AFTER UPDATE ON user_stats BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'user_stats';
END;
CREATE TRIGGER user_stats_watched_delete AFTER DELETE ON user_stats BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'user_stats';
END;
