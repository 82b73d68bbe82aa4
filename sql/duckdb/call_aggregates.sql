-- The call metrics per bucket, non-empty buckets only.
-- reads: call_values
select
    bucket,
    count(*) as count,
    count(latency_ms) as measured,
    count(*) filter (latency_ms < 0) as negative,
    /* aggregates */
from call_values
group by bucket
