-- What the tables of all migrations are made of, with the names and the ways of SQLite, so that both databases give the
-- same rows in the same order.

-- Compared byte by byte and folded in ASCII alone, whatever the locale of the database.
CREATE DOMAIN plain_text AS text COLLATE "C";

CREATE FUNCTION utc_now() RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- Immutable, as an instant in this form names its own zone.
CREATE FUNCTION is_instant(value text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$'
$$;
CREATE FUNCTION instant(value text) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT value::timestamptz
$$;

CREATE FUNCTION json_valid(value text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  PERFORM value::json;
  RETURN true;
EXCEPTION WHEN data_exception THEN
  RETURN false;
END
$$;

-- Which tables have changed. One row a table, bumped by triggers; every bump is told to whoever listens.
CREATE TABLE table_versions (
  table_name plain_text CONSTRAINT table_versions_table_name PRIMARY KEY,
  version BIGINT NOT NULL DEFAULT 0,
  updated_at plain_text NOT NULL DEFAULT utc_now()
);

CREATE FUNCTION notify_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('panelist_changes', NEW.table_name);
  RETURN NULL;
END
$$;
CREATE TRIGGER table_versions_told AFTER INSERT OR UPDATE ON table_versions
  FOR EACH ROW EXECUTE FUNCTION notify_of_change();

-- For AFTER INSERT OR UPDATE OR DELETE on a table whose changes are watched.
CREATE FUNCTION watched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = utc_now() WHERE table_name = TG_TABLE_NAME;
  RETURN NULL;
END
$$;
-- For BEFORE TRUNCATE on a table of which something is kept by triggers.
CREATE FUNCTION no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'no_truncate' USING HINT = 'TRUNCATE passes by the triggers of the rows; DELETE does not.';
END
$$;

-- For BEFORE UPDATE on a table whose rows carry a version; who sets one themselves is left alone.
CREATE FUNCTION versioned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version = OLD.version THEN
    NEW.version := OLD.version + 1;
    NEW.updated_at := utc_now();
  END IF;
  RETURN NEW;
END
$$;

-- How many rows a table has: what a list without filters gives as its total. Kept by triggers.
CREATE TABLE row_counts (
  table_name plain_text CONSTRAINT row_counts_table_name PRIMARY KEY,
  total BIGINT NOT NULL DEFAULT 0
);

-- For AFTER INSERT OR DELETE on a table whose rows are counted.
CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE row_counts SET total = total + CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END WHERE table_name = TG_TABLE_NAME;
  RETURN NULL;
END
$$;
