-- The ledger of the migrations, which the program makes before the first of them, becomes STRICT like every other table.
CREATE TABLE strict_ledger (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL
) STRICT;
INSERT INTO strict_ledger SELECT number, name, checksum, applied_at FROM schema_migrations;
DROP TABLE schema_migrations;
ALTER TABLE strict_ledger RENAME TO schema_migrations;
