-- Whoever made a feed's present addresses: with their account the feed ends. One whose maker is gone is nobody's.
ALTER TABLE feeds ADD COLUMN user_id TEXT REFERENCES users (id) ON DELETE CASCADE;
CREATE INDEX feeds_by_user ON feeds (user_id);
UPDATE feeds SET user_id = (SELECT users.id FROM users WHERE users.id = (
  SELECT actor_id FROM audit_logs WHERE entity_type = 'feed' AND entity_id = feeds.id AND action IN ('create', 'rotate')
  ORDER BY audit_logs.id DESC LIMIT 1));
