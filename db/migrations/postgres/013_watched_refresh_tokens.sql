-- A session is looked up by its refresh token, and that answer is kept: what becomes of the token is told as well.
INSERT INTO table_versions (table_name) VALUES ('refresh_tokens');
CREATE TRIGGER refresh_tokens_watched AFTER INSERT OR UPDATE OR DELETE ON refresh_tokens
  FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER refresh_tokens_no_truncate BEFORE TRUNCATE ON refresh_tokens EXECUTE FUNCTION no_truncate();
