-- How many usage entries of the range lie above others of the same model, and how many of those
-- contain, in every count, what is below them (SPEC 10).
-- reads: usage_below, usage_entries
-- params: $range_start, $range_end BIGINT (the answer's range, microseconds since 1970; half-open)
select
    count(*) as above_others,
    count(*) filter (/* contains */) as containing
from usage_below as below
inner join usage_entries as recorded
    on recorded.line = below.line
    and recorded.model is not distinct from below.model
where
    recorded.started_at >= make_timestamptz($range_start)
    and recorded.started_at < make_timestamptz($range_end)
