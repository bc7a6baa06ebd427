-- Credentials for scripts. Of the secret there is only its SHA-256.
CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  scopes TEXT NOT NULL CHECK (json_valid(scopes)),
  expires_at TEXT,
  last_used_at TEXT, -- to the minute: see plugins/auth/last-use.ts
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (hash);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, created_at, id);

INSERT INTO table_versions (table_name) VALUES ('api_tokens');
CREATE TRIGGER api_tokens_watched_insert AFTER INSERT ON api_tokens BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'api_tokens';
END;
CREATE TRIGGER api_tokens_watched_update AFTER UPDATE ON api_tokens BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'api_tokens';
END;
CREATE TRIGGER api_tokens_watched_delete AFTER DELETE ON api_tokens BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'api_tokens';
END;
