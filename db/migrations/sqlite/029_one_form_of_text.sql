-- Texts in one form, in which both sides of every comparison are: composed (NFC), and of whole characters. `composed` and
-- `zone_name` are functions of the program's own connections, see db/sqlite/connection.ts; what is kept uses none of them.
UPDATE users SET name = composed(name)
  WHERE name IS NOT composed(name);
UPDATE interviewers SET name = composed(name), title = composed(title), department = composed(department), skills = composed(skills)
  WHERE name IS NOT composed(name) OR title IS NOT composed(title) OR department IS NOT composed(department) OR skills IS NOT composed(skills);
UPDATE events SET title = composed(title), candidate_name = composed(candidate_name), position = composed(position), location = composed(location), notes = composed(notes), external_id = composed(external_id)
  WHERE title IS NOT composed(title) OR candidate_name IS NOT composed(candidate_name) OR position IS NOT composed(position) OR location IS NOT composed(location) OR notes IS NOT composed(notes) OR external_id IS NOT composed(external_id);
UPDATE tasks SET title = composed(title), description = composed(description)
  WHERE title IS NOT composed(title) OR description IS NOT composed(description);
UPDATE imported_calendars SET name = composed(name)
  WHERE name IS NOT composed(name);
UPDATE api_tokens SET name = composed(name)
  WHERE name IS NOT composed(name);
UPDATE portfolio_biodata SET headline = composed(headline), summary = composed(summary), location = composed(location), pronouns = composed(pronouns), languages = composed(languages), links = composed(links)
  WHERE headline IS NOT composed(headline) OR summary IS NOT composed(summary) OR location IS NOT composed(location) OR pronouns IS NOT composed(pronouns) OR languages IS NOT composed(languages) OR links IS NOT composed(links);
UPDATE portfolio_experience SET company = composed(company), role = composed(role), location = composed(location), description = composed(description), highlights = composed(highlights)
  WHERE company IS NOT composed(company) OR role IS NOT composed(role) OR location IS NOT composed(location) OR description IS NOT composed(description) OR highlights IS NOT composed(highlights);
UPDATE portfolio_education SET institution = composed(institution), degree = composed(degree), field = composed(field), description = composed(description)
  WHERE institution IS NOT composed(institution) OR degree IS NOT composed(degree) OR field IS NOT composed(field) OR description IS NOT composed(description);
UPDATE portfolio_projects SET name = composed(name), description = composed(description), technologies = composed(technologies)
  WHERE name IS NOT composed(name) OR description IS NOT composed(description) OR technologies IS NOT composed(technologies);
-- Of two skills that would become one, the other stays as it is.
UPDATE OR IGNORE portfolio_skills SET name = composed(name), category = composed(category)
  WHERE name IS NOT composed(name) OR category IS NOT composed(category);
-- Time zones as IANA spells them.
UPDATE users SET timezone = zone_name(timezone) WHERE timezone <> zone_name(timezone);
UPDATE interviewers SET timezone = zone_name(timezone) WHERE timezone <> zone_name(timezone);
UPDATE events SET timezone = zone_name(timezone) WHERE timezone <> zone_name(timezone);
