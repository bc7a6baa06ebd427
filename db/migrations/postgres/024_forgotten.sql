-- Once something is deleted, nothing of it stays in the result of the request that created it, whoever deletes it: the
-- result becomes empty, and the key is remembered until it expires.
ALTER TABLE idempotency_keys ADD COLUMN entity_id plain_text; -- of what was created, null for a report on several things
UPDATE idempotency_keys SET entity_id = result::json ->> 'id';
CREATE INDEX idempotency_keys_by_entity ON idempotency_keys (entity_id) WHERE entity_id IS NOT NULL;
CREATE FUNCTION result_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE idempotency_keys SET result = '' WHERE entity_id = OLD.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER users_result_forgotten AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION result_forgotten();
CREATE TRIGGER api_tokens_result_forgotten AFTER DELETE ON api_tokens FOR EACH ROW EXECUTE FUNCTION result_forgotten();
CREATE TRIGGER interviewers_result_forgotten AFTER DELETE ON interviewers FOR EACH ROW EXECUTE FUNCTION result_forgotten();
CREATE TRIGGER events_result_forgotten AFTER DELETE ON events FOR EACH ROW EXECUTE FUNCTION result_forgotten();
CREATE TRIGGER tasks_result_forgotten AFTER DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION result_forgotten();
CREATE TRIGGER feeds_result_forgotten AFTER DELETE ON feeds FOR EACH ROW EXECUTE FUNCTION result_forgotten();
CREATE TRIGGER imported_calendars_result_forgotten AFTER DELETE ON imported_calendars FOR EACH ROW EXECUTE FUNCTION result_forgotten();
CREATE TRIGGER portfolio_experience_result_forgotten AFTER DELETE ON portfolio_experience FOR EACH ROW EXECUTE FUNCTION result_forgotten();
CREATE TRIGGER portfolio_education_result_forgotten AFTER DELETE ON portfolio_education FOR EACH ROW EXECUTE FUNCTION result_forgotten();
CREATE TRIGGER portfolio_skills_result_forgotten AFTER DELETE ON portfolio_skills FOR EACH ROW EXECUTE FUNCTION result_forgotten();
CREATE TRIGGER portfolio_projects_result_forgotten AFTER DELETE ON portfolio_projects FOR EACH ROW EXECUTE FUNCTION result_forgotten();

-- Mails that were sent or given up, by the time when that was: they are forgotten after a while.
CREATE INDEX outbox_settled ON outbox (updated_at, id) WHERE status <> 'pending';
