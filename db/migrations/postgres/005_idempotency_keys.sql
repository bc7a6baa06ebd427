-- The result of a creating request, kept with the work it did, to be answered again.
CREATE TABLE idempotency_keys (
  principal plain_text NOT NULL,
  route plain_text NOT NULL,
  key plain_text NOT NULL,
  body_hash plain_text NOT NULL,
  result plain_text NOT NULL,
  expires_at plain_text NOT NULL,
  CONSTRAINT idempotency_keys_principal_route_key PRIMARY KEY (principal, route, key)
);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
