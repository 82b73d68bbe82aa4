-- The call metrics per bucket, non-empty buckets only.
-- reads: call_values
select
    bucket,
    count(*) as count,
    /* aggregates */
from call_values
group by bucket
