-- The usage metrics per bucket and model, non-empty buckets only.
-- reads: usage_values
select
    bucket,
    model,
    count(*) as count,
    /* aggregates */
from usage_values
group by bucket, model
