-- The result of a creating request, kept with the work it did, to be answered again.
CREATE TABLE idempotency_keys (
  principal TEXT NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  result TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (principal, route, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
