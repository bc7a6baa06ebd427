-- The journal as staff read it: what accounts, their sessions and tokens, mails and backups went through is for admins.
-- The index leads past what is left out, and the count is what a list without filters gives as its total.
CREATE VIEW staff_audit_logs AS SELECT * FROM audit_logs
  WHERE entity_type NOT IN ('user', 'session', 'api_token', 'mail', 'backup');
CREATE INDEX audit_logs_of_staff ON audit_logs (id)
  WHERE entity_type NOT IN ('user', 'session', 'api_token', 'mail', 'backup');
CREATE TRIGGER audit_logs_counted_in_for_staff AFTER INSERT ON audit_logs
WHEN NEW.entity_type NOT IN ('user', 'session', 'api_token', 'mail', 'backup') BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'staff_audit_logs';
END;
INSERT INTO row_counts (table_name, total) SELECT 'staff_audit_logs', count(*) FROM staff_audit_logs;

-- One kind of thing in the order of the journal, for lists and for clients that catch up.
CREATE INDEX audit_logs_by_type ON audit_logs (entity_type, id);
-- One kind of action in that order.
CREATE INDEX audit_logs_by_action ON audit_logs (action, id);
