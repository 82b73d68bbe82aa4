-- Each line with the key of its call: id and start to the millisecond, or the line itself
-- (docs/specification.md, 6).
-- reads: lines, first_starts
-- params: $merge BOOLEAN (false: only the parts of one call come together)
-- A line without an id, or with an id that has no start, is a call of its own.
select
    lines.*,
    if(coalesce(part, false) or $merge, call_key(lines.id_scope, lines.id), null) as key_id,
    if(key_id is null, null, whole_milliseconds(coalesce(started_at, first_started_at))) as key_ms,
    if(key_id is null, line, null) as key_line
from lines
left join first_starts on lines.started_at is null and call_key(lines.id_scope, lines.id) = first_starts.id
