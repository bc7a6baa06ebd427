-- Nothing to do: PostgreSQL keeps the words of a row by its id. The number belongs to the migration of SQLite.
SELECT 1;
