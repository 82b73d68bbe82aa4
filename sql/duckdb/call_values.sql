-- The call metrics of each call; `latency_ms` holds whole microseconds until all is summed (SPEC 8),
-- `error_count` is null where nothing tells whether the call failed.
-- reads: bucketed_calls
select
    bucket,
    latency_us(started_at, ended_at, duration) as latency_ms,
    1 as call_count,
    failed::integer as error_count
from bucketed_calls
where entry <= 1
