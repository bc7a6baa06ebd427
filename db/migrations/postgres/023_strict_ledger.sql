-- Nothing to do: tables of PostgreSQL are strict. The number belongs to the migration of SQLite.
SELECT 1;
