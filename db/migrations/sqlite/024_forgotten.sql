-- Once something is deleted, nothing of it stays in the result of the request that created it, whoever deletes it: the
-- result becomes empty, and the key is remembered until it expires.
ALTER TABLE idempotency_keys ADD COLUMN entity_id TEXT; -- of what was created, null for a report on several things
UPDATE idempotency_keys SET entity_id = json_extract(result, '$.id');
CREATE INDEX idempotency_keys_by_entity ON idempotency_keys (entity_id) WHERE entity_id IS NOT NULL;
CREATE TRIGGER users_result_forgotten AFTER DELETE ON users BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;
CREATE TRIGGER api_tokens_result_forgotten AFTER DELETE ON api_tokens BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;
CREATE TRIGGER interviewers_result_forgotten AFTER DELETE ON interviewers BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;
CREATE TRIGGER events_result_forgotten AFTER DELETE ON events BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;
CREATE TRIGGER tasks_result_forgotten AFTER DELETE ON tasks BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;
CREATE TRIGGER feeds_result_forgotten AFTER DELETE ON feeds BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;
CREATE TRIGGER imported_calendars_result_forgotten AFTER DELETE ON imported_calendars BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;
CREATE TRIGGER portfolio_experience_result_forgotten AFTER DELETE ON portfolio_experience BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;
CREATE TRIGGER portfolio_education_result_forgotten AFTER DELETE ON portfolio_education BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;
CREATE TRIGGER portfolio_skills_result_forgotten AFTER DELETE ON portfolio_skills BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;
CREATE TRIGGER portfolio_projects_result_forgotten AFTER DELETE ON portfolio_projects BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
END;

-- Mails that were sent or given up, by the time when that was: they are forgotten after a while.
CREATE INDEX outbox_settled ON outbox (updated_at, id) WHERE status <> 'pending';
