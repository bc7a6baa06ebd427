-- A session is looked up by its refresh token, and that answer is kept: what becomes of the token is told as well.
INSERT INTO table_versions (table_name) VALUES ('refresh_tokens');
CREATE TRIGGER refresh_tokens_watched_insert AFTER INSERT ON refresh_tokens BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'refresh_tokens';
END;
CREATE TRIGGER refresh_tokens_watched_update AFTER UPDATE ON refresh_tokens BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'refresh_tokens';
END;
CREATE TRIGGER refresh_tokens_watched_delete AFTER DELETE ON refresh_tokens BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'refresh_tokens';
END;
