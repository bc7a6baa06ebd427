-- From which network a session was last used, and a sign-in failed: an IPv4 address, or a /48 of IPv6.
ALTER TABLE sessions ADD COLUMN network plain_text;
UPDATE sessions SET network = ip WHERE ip NOT LIKE '%:%';
CREATE INDEX sessions_by_network ON sessions (user_id, network, last_used_at);

ALTER TABLE login_failures ADD COLUMN network plain_text NOT NULL DEFAULT '';

-- Mails that are due at once: when one is not, a clock was set back.
CREATE INDEX outbox_due_at_once ON outbox (due_at) WHERE status = 'pending' AND kind <> 'reminder' AND attempts = 0;
