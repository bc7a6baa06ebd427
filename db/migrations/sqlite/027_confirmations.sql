-- Codes that show, sent back, that somebody reads the mails of the address they registered. Of a code there is only its
-- SHA-256.
CREATE TABLE email_confirmations (
  hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX email_confirmations_by_user ON email_confirmations (user_id);

-- A kind of mail more: the table is made again, as SQLite changes no CHECK.
CREATE TABLE outbox_again (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL
    CHECK (kind IN ('invitation', 'change', 'cancellation', 'removal', 'reminder', 'sign_in', 'confirmation')),
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
INSERT INTO outbox_again (id, kind, event_id, recipient, subject, message, status, due_at, attempts, problem, sent_at,
    version, created_at, updated_at)
  SELECT id, kind, event_id, recipient, subject, message, status, due_at, attempts, problem, sent_at,
    version, created_at, updated_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_again RENAME TO outbox;
CREATE INDEX outbox_by_created_at ON outbox (created_at, id);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE status = 'pending';
CREATE INDEX outbox_waiting_by_event ON outbox (event_id, recipient, id) WHERE status = 'pending';
CREATE INDEX outbox_dead ON outbox (id) WHERE status = 'dead';
CREATE INDEX outbox_settled ON outbox (updated_at, id) WHERE status <> 'pending';
CREATE INDEX outbox_due_at_once ON outbox (due_at) WHERE status = 'pending' AND kind <> 'reminder' AND attempts = 0;
CREATE TRIGGER outbox_counted_in AFTER INSERT ON outbox BEGIN
  UPDATE row_counts SET total = total + 1 WHERE table_name = 'outbox';
END;
CREATE TRIGGER outbox_counted_out AFTER DELETE ON outbox BEGIN
  UPDATE row_counts SET total = total - 1 WHERE table_name = 'outbox';
END;
CREATE TRIGGER outbox_versioned AFTER UPDATE ON outbox WHEN NEW.version = OLD.version BEGIN
  UPDATE outbox SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

-- One confirmation a day goes to an address.
CREATE INDEX outbox_confirmations ON outbox (lower(recipient), created_at) WHERE kind = 'confirmation';
