-- Which tables have changed: what a cache compares before it answers. One row a table, bumped by triggers.
CREATE TABLE table_versions (
  table_name TEXT PRIMARY KEY,
  version INTEGER NOT NULL DEFAULT 0,
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT, WITHOUT ROWID;

-- How many rows a table has: what a list without filters gives as its total. Kept by triggers.
CREATE TABLE row_counts (
  table_name TEXT PRIMARY KEY,
  total INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
