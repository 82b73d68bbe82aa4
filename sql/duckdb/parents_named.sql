-- Whether any call of the range names a call above it.
-- reads: calls
-- params: $range_start, $range_end BIGINT (microseconds since 1970; half-open)
select count(parent_id) > 0 as named
from calls
where
    started_at >= make_timestamptz($range_start)
    and started_at < make_timestamptz($range_end)
