-- Codes that show, sent back, that somebody reads the mails of the address they registered. Of a code there is only its
-- SHA-256.
CREATE TABLE email_confirmations (
  hash plain_text CONSTRAINT email_confirmations_hash PRIMARY KEY,
  user_id plain_text NOT NULL CONSTRAINT email_confirmations_user REFERENCES users (id) ON DELETE CASCADE,
  expires_at plain_text NOT NULL
);
CREATE INDEX email_confirmations_by_user ON email_confirmations (user_id);
CREATE TRIGGER email_confirmations_no_truncate BEFORE TRUNCATE ON email_confirmations EXECUTE FUNCTION no_truncate();

ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check
  CHECK (kind IN ('invitation', 'change', 'cancellation', 'removal', 'reminder', 'sign_in', 'confirmation'));

-- One confirmation a day goes to an address.
CREATE INDEX outbox_confirmations ON outbox (lower(recipient), created_at) WHERE kind = 'confirmation';
