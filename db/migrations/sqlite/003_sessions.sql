-- A sign-in. Its refresh tokens are the family: one is alive, the used ones tell a replay.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  last_used_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  ended_at TEXT,
  user_agent TEXT,
  ip TEXT
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, created_at, id);

INSERT INTO table_versions (table_name) VALUES ('sessions');
CREATE TRIGGER sessions_watched_insert AFTER INSERT ON sessions BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'sessions';
END;
CREATE TRIGGER sessions_watched_update AFTER UPDATE ON sessions BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'sessions';
END;
CREATE TRIGGER sessions_watched_delete AFTER DELETE ON sessions BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'sessions';
END;

CREATE TABLE refresh_tokens (
  hash TEXT PRIMARY KEY, -- SHA-256 of the token; the token itself is nowhere
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  used_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Failed sign-ins of the last minutes, by address in lower case, whether an account has it or not.
CREATE TABLE login_failures (
  account TEXT NOT NULL,
  failed_at TEXT NOT NULL
) STRICT;
CREATE INDEX login_failures_by_account ON login_failures (account, failed_at);
CREATE INDEX login_failures_by_time ON login_failures (failed_at);
