-- Mails that are to be sent, filled from the journal. What each says is fixed when it is put here, so that a mail that
-- waited for a day tells what happened then. Ids rise in the order in which they were put here, and name the message.
CREATE TABLE outbox (
  id plain_text CONSTRAINT outbox_id PRIMARY KEY,
  kind plain_text NOT NULL CHECK (kind IN ('invitation', 'change', 'cancellation', 'removal', 'reminder', 'sign_in')),
  event_id plain_text, -- no reference: that it is gone is told too
  recipient plain_text NOT NULL, -- one address
  subject plain_text NOT NULL,
  message plain_text NOT NULL CHECK (json_valid(message)), -- what is sent: name, texts, calendar
  status plain_text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'dead')),
  due_at plain_text NOT NULL CHECK (is_instant(due_at)),
  attempts INTEGER NOT NULL DEFAULT 0,
  problem plain_text, -- why the last attempt failed
  sent_at plain_text,
  version BIGINT NOT NULL DEFAULT 1,
  created_at plain_text NOT NULL DEFAULT utc_now(),
  updated_at plain_text NOT NULL DEFAULT utc_now()
);
CREATE INDEX outbox_by_created_at ON outbox (created_at, id);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE status = 'pending';
CREATE INDEX outbox_waiting_by_event ON outbox (event_id, recipient, id) WHERE status = 'pending';

CREATE TRIGGER outbox_counted AFTER INSERT OR DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION counted();
INSERT INTO row_counts (table_name) VALUES ('outbox');
CREATE TRIGGER outbox_versioned BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION versioned();
CREATE TRIGGER outbox_no_truncate BEFORE TRUNCATE ON outbox EXECUTE FUNCTION no_truncate();

-- How far a reader of the journal has come. It begins at the end: what was there before it is not told any more.
CREATE TABLE journal_cursors (
  name plain_text CONSTRAINT journal_cursors_name PRIMARY KEY,
  last_id BIGINT NOT NULL
);

-- Work that one instance at a time does, and until when it is that one's.
CREATE TABLE leases (
  name plain_text CONSTRAINT leases_name PRIMARY KEY,
  holder plain_text NOT NULL,
  until plain_text NOT NULL CHECK (is_instant(until))
);
