-- What people choose for themselves: the zone their times are told in, and which mails they want (JSON, by kind; what
-- is not in it is wanted).
ALTER TABLE users ADD COLUMN timezone plain_text NOT NULL DEFAULT 'UTC';
ALTER TABLE users ADD COLUMN notifications plain_text NOT NULL DEFAULT '{}' CHECK (json_valid(notifications));
