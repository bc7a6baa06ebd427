-- How much of a claim comes before the interview itself: with it the claims alone tell when somebody's interviews begin,
-- and whoever asks for thousands of them need not look up as many events.
ALTER TABLE claims ADD COLUMN buffer_before_minutes INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 240);

UPDATE claims SET buffer_before_minutes = EXTRACT(EPOCH FROM instant(events.starts_at) - instant(claims.starts_at)) / 60
FROM events WHERE events.id = claims.event_id AND events.starts_at > claims.starts_at;
