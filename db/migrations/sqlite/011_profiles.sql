-- What people choose for themselves: the zone their times are told in, and which mails they want (JSON, by kind; what
-- is not in it is wanted).
ALTER TABLE users ADD COLUMN timezone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE users ADD COLUMN notifications TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(notifications));
