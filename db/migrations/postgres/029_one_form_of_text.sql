-- A text without regard to case, in all scripts, as folded() of db/texts.ts makes it, whatever the locale of the database.
CREATE FUNCTION folded(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT CASE WHEN octet_length(value) = char_length(value) THEN lower(value COLLATE "C") COLLATE "C"
    ELSE normalize(replace(lower(upper(normalize(value, NFC) COLLATE "und-x-icu")), 'ς', 'σ'), NFC) COLLATE "C" END
$$;

-- Texts in one form, in which both sides of every comparison are: composed (NFC).
UPDATE users SET name = normalize(name, NFC)
  WHERE name <> normalize(name, NFC);
UPDATE interviewers SET name = normalize(name, NFC), title = normalize(title, NFC), department = normalize(department, NFC), skills = normalize(skills, NFC)
  WHERE name <> normalize(name, NFC) OR title <> normalize(title, NFC) OR department <> normalize(department, NFC) OR skills <> normalize(skills, NFC);
UPDATE events SET title = normalize(title, NFC), candidate_name = normalize(candidate_name, NFC), position = normalize(position, NFC), location = normalize(location, NFC), notes = normalize(notes, NFC), external_id = normalize(external_id, NFC)
  WHERE title <> normalize(title, NFC) OR candidate_name <> normalize(candidate_name, NFC) OR position <> normalize(position, NFC) OR location <> normalize(location, NFC) OR notes <> normalize(notes, NFC) OR external_id <> normalize(external_id, NFC);
UPDATE tasks SET title = normalize(title, NFC), description = normalize(description, NFC)
  WHERE title <> normalize(title, NFC) OR description <> normalize(description, NFC);
UPDATE imported_calendars SET name = normalize(name, NFC)
  WHERE name <> normalize(name, NFC);
UPDATE api_tokens SET name = normalize(name, NFC)
  WHERE name <> normalize(name, NFC);
UPDATE portfolio_biodata SET headline = normalize(headline, NFC), summary = normalize(summary, NFC), location = normalize(location, NFC), pronouns = normalize(pronouns, NFC), languages = normalize(languages, NFC), links = normalize(links, NFC)
  WHERE headline <> normalize(headline, NFC) OR summary <> normalize(summary, NFC) OR location <> normalize(location, NFC) OR pronouns <> normalize(pronouns, NFC) OR languages <> normalize(languages, NFC) OR links <> normalize(links, NFC);
UPDATE portfolio_experience SET company = normalize(company, NFC), role = normalize(role, NFC), location = normalize(location, NFC), description = normalize(description, NFC), highlights = normalize(highlights, NFC)
  WHERE company <> normalize(company, NFC) OR role <> normalize(role, NFC) OR location <> normalize(location, NFC) OR description <> normalize(description, NFC) OR highlights <> normalize(highlights, NFC);
UPDATE portfolio_education SET institution = normalize(institution, NFC), degree = normalize(degree, NFC), field = normalize(field, NFC), description = normalize(description, NFC)
  WHERE institution <> normalize(institution, NFC) OR degree <> normalize(degree, NFC) OR field <> normalize(field, NFC) OR description <> normalize(description, NFC);
UPDATE portfolio_projects SET name = normalize(name, NFC), description = normalize(description, NFC), technologies = normalize(technologies, NFC)
  WHERE name <> normalize(name, NFC) OR description <> normalize(description, NFC) OR technologies <> normalize(technologies, NFC);
-- Two skills that would become one stay as they are.
UPDATE portfolio_skills AS skill SET name = normalize(name, NFC) WHERE name <> normalize(name, NFC) AND NOT EXISTS (
  SELECT 1 FROM portfolio_skills AS same WHERE same.interviewer_id = skill.interviewer_id AND same.id <> skill.id
    AND lower(normalize(same.name, NFC)) = lower(normalize(skill.name, NFC)));
UPDATE portfolio_skills SET category = normalize(category, NFC) WHERE category <> normalize(category, NFC);
-- Time zones as IANA spells them.
UPDATE users SET timezone = zones.name FROM pg_timezone_names AS zones
  WHERE lower(zones.name) = lower(timezone) AND zones.name <> timezone;
UPDATE interviewers SET timezone = zones.name FROM pg_timezone_names AS zones
  WHERE lower(zones.name) = lower(timezone) AND zones.name <> timezone;
UPDATE events SET timezone = zones.name FROM pg_timezone_names AS zones
  WHERE lower(zones.name) = lower(timezone) AND zones.name <> timezone;
