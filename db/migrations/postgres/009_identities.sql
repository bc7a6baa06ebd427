-- Accounts elsewhere that somebody signs in with; an account here has one of each provider at the most.
CREATE TABLE identities (
  provider plain_text NOT NULL,
  subject plain_text NOT NULL, -- whom the provider means: never an address, as those change hands
  user_id plain_text NOT NULL CONSTRAINT identities_user_id REFERENCES users (id) ON DELETE CASCADE,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  CONSTRAINT identities_provider_subject PRIMARY KEY (provider, subject)
);
CREATE UNIQUE INDEX identities_user_id_provider ON identities (user_id, provider);

INSERT INTO table_versions (table_name) VALUES ('identities');
CREATE TRIGGER identities_watched AFTER INSERT OR UPDATE OR DELETE ON identities
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER identities_no_truncate BEFORE TRUNCATE ON identities EXECUTE FUNCTION no_truncate();

-- 0: somebody who registered said that the address is theirs, and nothing has shown it yet.
ALTER TABLE users ADD COLUMN email_verified INTEGER NOT NULL DEFAULT 1 CHECK (email_verified IN (0, 1));
