-- Until when calls below those of the range may start: the latest end, and whether one is running.
-- reads: calls
-- params: $range_start, $range_end BIGINT (microseconds since 1970; half-open)
select
    epoch_us(max(coalesce(ended_at, started_at + to_microseconds((duration * 1000)::bigint))))
        as latest_end_us,
    coalesce(bool_or(ended_at is null and duration is null), false) as running
from calls
where
    started_at >= make_timestamptz($range_start)
    and started_at < make_timestamptz($range_end)
