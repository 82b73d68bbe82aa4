-- The first calls of the range in reading order.
-- reads: calls
-- params: $range_start, $range_end BIGINT (microseconds since 1970; half-open), $most BIGINT (rows)
select
    /* columns */
from calls
where
    started_at >= make_timestamptz($range_start)
    and started_at < make_timestamptz($range_end)
limit $most
