-- The call metrics of each call; `latency_ms` holds whole microseconds until all is summed
-- (docs/specification.md, 8). It is null where the end lies before the start; `elapsed_us` is then below
-- zero. `error_count` is null where nothing tells whether the call failed. `call_count` and `error_count`
-- are doubles: where a join finds nothing, DuckDB 2.0.1 takes a sum of small integers to fit a byte.
-- reads: bucketed_calls
select
    bucket,
    latency_us(started_at, ended_at, duration) as elapsed_us,
    if(elapsed_us >= 0, elapsed_us, null) as latency_ms,
    1::double as call_count,
    failed::double as error_count
from bucketed_calls
where entry <= 1
