CREATE TABLE rooms (
  id plain_text CONSTRAINT rooms_id PRIMARY KEY,
  name plain_text NOT NULL CONSTRAINT rooms_name UNIQUE,
  seats INTEGER NOT NULL CHECK (seats BETWEEN 1 AND 100),
  made_by plain_text CONSTRAINT rooms_made_by REFERENCES users (id) ON DELETE SET NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now()
);

INSERT INTO table_versions (table_name) VALUES ('rooms');
CREATE TRIGGER rooms_watched AFTER INSERT OR UPDATE OR DELETE ON rooms FOR EACH ROW EXECUTE FUNCTION watched();
