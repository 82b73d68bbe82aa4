-- The call metrics of each call; latencies in whole microseconds (SPEC 8).
-- reads: bucketed_calls
select
    bucket,
    coalesce(
        epoch_us(ended_at) - epoch_us(started_at),
        round(duration * 1000)::bigint
    ) as latency_ms,
    1 as call_count,
    if(failed, 1, 0) as error_count
from bucketed_calls
where entry <= 1
