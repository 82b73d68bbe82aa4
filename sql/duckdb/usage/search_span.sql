-- When a call below one of the range may start: the latest such instant, microseconds since 1970.
-- reads: calls
-- params: $range_start, $range_end BIGINT (microseconds since 1970; half-open)
select max(
    last_start_below_entry(
        if(usable and entry > 0, id_scope, null), model, started_at, ended_at, duration
    )
) as last_start_us
from calls
where
    started_at >= make_timestamptz($range_start)
    and started_at < make_timestamptz($range_end)
