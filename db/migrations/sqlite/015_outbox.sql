-- Mails that are to be sent, filled from the journal. What each says is fixed when it is put here, so that a mail that
-- waited for a day tells what happened then. Ids rise in the order in which they were put here, and name the message.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('invitation', 'change', 'cancellation', 'removal', 'reminder', 'sign_in')),
  event_id TEXT, -- no reference: that it is gone is told too
  recipient TEXT NOT NULL, -- one address
  subject TEXT NOT NULL,
  message TEXT NOT NULL CHECK (json_valid(message)), -- what is sent: name, texts, calendar
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'dead')),
  due_at TEXT NOT NULL CHECK (due_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'),
  attempts INTEGER NOT NULL DEFAULT 0,
  problem TEXT, -- why the last attempt failed
  sent_at TEXT,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX outbox_by_created_at ON outbox (created_at, id);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE status = 'pending';
CREATE INDEX outbox_waiting_by_event ON outbox (event_id, recipient, id) WHERE status = 'pending';

CREATE TRIGGER outbox_counted_in AFTER INSERT ON outbox BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'outbox';
END;
CREATE TRIGGER outbox_counted_out AFTER DELETE ON outbox BEGIN
  UPDATE row_counts SET total = total - 1 WHERE table_name = 'outbox';
END;
INSERT INTO row_counts (table_name) VALUES ('outbox');

CREATE TRIGGER outbox_versioned AFTER UPDATE ON outbox WHEN NEW.version = OLD.version BEGIN
  UPDATE outbox SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

-- How far a reader of the journal has come. It begins at the end: what was there before it is not told any more.
CREATE TABLE journal_cursors (
  name TEXT PRIMARY KEY,
  last_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Work that one instance at a time does, and until when it is that one's.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until TEXT NOT NULL CHECK (until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z')
) STRICT, WITHOUT ROWID;
