-- A sign-in. Its refresh tokens are the family: one is alive, the used ones tell a replay.
CREATE TABLE sessions (
  id plain_text CONSTRAINT sessions_id PRIMARY KEY,
  user_id plain_text NOT NULL CONSTRAINT sessions_user_id REFERENCES users (id) ON DELETE CASCADE,
  created_at plain_text NOT NULL,
  last_used_at plain_text NOT NULL,
  expires_at plain_text NOT NULL,
  ended_at plain_text,
  user_agent plain_text,
  ip plain_text
);
CREATE INDEX sessions_by_user ON sessions (user_id, created_at, id);

INSERT INTO table_versions (table_name) VALUES ('sessions');
CREATE TRIGGER sessions_watched AFTER INSERT OR UPDATE OR DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER sessions_no_truncate BEFORE TRUNCATE ON sessions EXECUTE FUNCTION no_truncate();

CREATE TABLE refresh_tokens (
  hash plain_text CONSTRAINT refresh_tokens_hash PRIMARY KEY, -- SHA-256 of the token; the token itself is nowhere
  session_id plain_text NOT NULL CONSTRAINT refresh_tokens_session_id REFERENCES sessions (id) ON DELETE CASCADE,
  created_at plain_text NOT NULL,
  used_at plain_text
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Failed sign-ins of the last minutes, by address in lower case, whether an account has it or not.
CREATE TABLE login_failures (
  account plain_text NOT NULL,
  failed_at plain_text NOT NULL
);
CREATE INDEX login_failures_by_account ON login_failures (account, failed_at);
CREATE INDEX login_failures_by_time ON login_failures (failed_at);
