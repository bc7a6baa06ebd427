-- Credentials for scripts. Of the secret there is only its SHA-256.
CREATE TABLE api_tokens (
  id plain_text CONSTRAINT api_tokens_id PRIMARY KEY,
  user_id plain_text NOT NULL CONSTRAINT api_tokens_user_id REFERENCES users (id) ON DELETE CASCADE,
  name plain_text NOT NULL,
  hash plain_text NOT NULL,
  scopes plain_text NOT NULL CHECK (json_valid(scopes)),
  expires_at plain_text,
  last_used_at plain_text, -- to the minute: see plugins/auth/last-use.ts
  created_at plain_text NOT NULL DEFAULT utc_now()
);
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (hash);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, created_at, id);

INSERT INTO table_versions (table_name) VALUES ('api_tokens');
CREATE TRIGGER api_tokens_watched AFTER INSERT OR UPDATE OR DELETE ON api_tokens FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER api_tokens_no_truncate BEFORE TRUNCATE ON api_tokens EXECUTE FUNCTION no_truncate();
