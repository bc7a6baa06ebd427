CREATE TABLE audit_logs (
  id BIGINT CONSTRAINT audit_logs_id PRIMARY KEY CHECK (id > 0),
  occurred_at plain_text NOT NULL DEFAULT utc_now(),
  actor_id plain_text,
  actor_name plain_text NOT NULL,
  action plain_text NOT NULL,
  entity_type plain_text NOT NULL,
  entity_id plain_text,
  changes plain_text NOT NULL DEFAULT '{}' CHECK (json_valid(changes)),
  reason plain_text,
  request_id plain_text,
  ip plain_text,
  user_agent plain_text
);
CREATE INDEX audit_logs_by_entity ON audit_logs (entity_type, entity_id, id);
CREATE INDEX audit_logs_by_time ON audit_logs (occurred_at);
CREATE INDEX audit_logs_by_actor ON audit_logs (actor_id, id);
CREATE INDEX audit_logs_by_request ON audit_logs (request_id);

-- A serialised append: whoever writes a row holds a lock until their transaction has ended, and draws the next number
-- only once they have it. So numbers rise in the order of the commits, without gaps, and a reader that remembers the
-- last one it saw misses nothing. A sequence would not do: its numbers are drawn early, and transactions commit in any
-- order. The program takes the same lock, which spells PANEL, for every transaction that writes.
CREATE FUNCTION audit_logs_append() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(344693032268);
  IF NEW.id IS NULL THEN
    SELECT coalesce(max(id), 0) + 1 INTO NEW.id FROM audit_logs;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER audit_logs_append BEFORE INSERT ON audit_logs FOR EACH ROW EXECUTE FUNCTION audit_logs_append();

-- Append-only, whoever writes.
CREATE FUNCTION audit_logs_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_logs_append_only';
END
$$;
CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION audit_logs_append_only();
CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs EXECUTE FUNCTION audit_logs_append_only();

CREATE TRIGGER audit_logs_counted AFTER INSERT ON audit_logs FOR EACH ROW EXECUTE FUNCTION counted();
INSERT INTO row_counts (table_name) VALUES ('audit_logs');
