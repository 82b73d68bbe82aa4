-- The call metrics per bucket, non-empty buckets only.
-- reads: call_values
select
    bucket,
    count(*) as count,
    count(elapsed_us) as measured,
    count(*) filter (elapsed_us < 0) as negative,
    /* aggregates */
from call_values
group by bucket
