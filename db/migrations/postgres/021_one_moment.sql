-- The moment of a statement, the same wherever in it it is asked for: a new row was made and last changed at one time. The
-- clock itself moves on between two columns of one row.
CREATE OR REPLACE FUNCTION utc_now() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
