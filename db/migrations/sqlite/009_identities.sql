-- Accounts elsewhere that somebody signs in with; an account here has one of each provider at the most.
CREATE TABLE identities (
  provider TEXT NOT NULL,
  subject TEXT NOT NULL, -- whom the provider means: never an address, as those change hands
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  PRIMARY KEY (provider, subject)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX identities_user_id_provider ON identities (user_id, provider);

INSERT INTO table_versions (table_name) VALUES ('identities');
CREATE TRIGGER identities_watched_insert AFTER INSERT ON identities BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'identities';
END;
CREATE TRIGGER identities_watched_update AFTER UPDATE ON identities BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'identities';
END;
CREATE TRIGGER identities_watched_delete AFTER DELETE ON identities BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'identities';
END;

-- 0: somebody who registered said that the address is theirs, and nothing has shown it yet.
ALTER TABLE users ADD COLUMN email_verified INTEGER NOT NULL DEFAULT 1 CHECK (email_verified IN (0, 1));
