-- What takes everybody's time is remembered between searches: whoever changes it is noticed.
INSERT INTO table_versions (table_name) VALUES ('claims');
CREATE TRIGGER claims_watched_insert AFTER INSERT ON claims BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'claims';
END;
CREATE TRIGGER claims_watched_update AFTER UPDATE ON claims BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'claims';
END;
CREATE TRIGGER claims_watched_delete AFTER DELETE ON claims BEGIN
  UPDATE table_versions SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'claims';
END;
