-- What takes everybody's time is remembered between searches: whoever changes it is noticed.
INSERT INTO table_versions (table_name) VALUES ('claims');
CREATE TRIGGER claims_watched AFTER INSERT OR UPDATE OR DELETE ON claims FOR EACH ROW EXECUTE FUNCTION watched();
CREATE TRIGGER claims_no_truncate BEFORE TRUNCATE ON claims EXECUTE FUNCTION no_truncate();
