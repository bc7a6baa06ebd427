CREATE TABLE users (
  id plain_text CONSTRAINT users_id PRIMARY KEY,
  email plain_text NOT NULL,
  name plain_text NOT NULL,
  role plain_text NOT NULL DEFAULT 'interviewer' CHECK (role IN ('admin', 'talent', 'interviewer')),
  status plain_text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  password_hash plain_text,
  last_login_at plain_text,
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now()
);
CREATE UNIQUE INDEX users_email ON users (lower(email));
CREATE INDEX users_by_name ON users (lower(name), id);
CREATE INDEX users_by_created_at ON users (created_at, id);
CREATE INDEX users_admins ON users (status) WHERE role = 'admin';

CREATE TRIGGER users_versioned BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION versioned();

INSERT INTO table_versions (table_name) VALUES ('users');
CREATE TRIGGER users_watched AFTER INSERT OR UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER users_no_truncate BEFORE TRUNCATE ON users EXECUTE FUNCTION no_truncate();

-- One row, so that a count reads one row however many users there are.
CREATE TABLE user_stats (
  id INTEGER CONSTRAINT user_stats_id PRIMARY KEY CHECK (id = 1),
  total_users BIGINT NOT NULL,
  last_updated plain_text NOT NULL
);
INSERT INTO user_stats (id, total_users, last_updated) VALUES (1, 0, utc_now());

CREATE FUNCTION users_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE user_stats
    SET total_users = total_users + CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END, last_updated = utc_now();
  RETURN NULL;
END
$$;
CREATE TRIGGER users_counted AFTER INSERT OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION users_counted();

INSERT INTO table_versions (table_name) VALUES ('user_stats');
CREATE TRIGGER user_stats_watched AFTER INSERT OR UPDATE OR DELETE ON user_stats
  FOR EACH ROW EXECUTE FUNCTION watched();
