CREATE TABLE audit_logs (
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- a row -1 would stop every later insert: see no_replace
  occurred_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  actor_id TEXT,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id TEXT,
  changes TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(changes)),
  reason TEXT,
  request_id TEXT,
  ip TEXT,
  user_agent TEXT
) STRICT;
CREATE INDEX audit_logs_by_entity ON audit_logs (entity_type, entity_id, id);
CREATE INDEX audit_logs_by_time ON audit_logs (occurred_at);
CREATE INDEX audit_logs_by_actor ON audit_logs (actor_id, id);
CREATE INDEX audit_logs_by_request ON audit_logs (request_id);

-- Append-only, whoever writes. The insert rule stops INSERT OR REPLACE, which fires no delete trigger.
CREATE TRIGGER audit_logs_no_update BEFORE UPDATE ON audit_logs BEGIN
  SELECT RAISE(ABORT, 'audit_logs_append_only');
END;
CREATE TRIGGER audit_logs_no_delete BEFORE DELETE ON audit_logs BEGIN
  SELECT RAISE(ABORT, 'audit_logs_append_only');
END;
CREATE TRIGGER audit_logs_no_replace BEFORE INSERT ON audit_logs
WHEN EXISTS (SELECT 1 FROM audit_logs WHERE id = NEW.id) BEGIN
  SELECT RAISE(ABORT, 'audit_logs_append_only');
END;

CREATE TRIGGER audit_logs_counted_in AFTER INSERT ON audit_logs BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'audit_logs';
END;
INSERT INTO row_counts (table_name) VALUES ('audit_logs');
