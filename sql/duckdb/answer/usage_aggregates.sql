-- The usage metrics per bucket and model, non-empty buckets only; `totals`: per model, and of all.
-- reads: usage_values
-- `level` is 0 for a bucket and model, 2 for a model, 3 for all together. `excludes_cached` says whether
-- some input counts leave cached tokens out.
select
    bucket,
    model,
    grouping(bucket, model) as level,
    count(*) as count,
    /* totals: coalesce(bool_or(excludes_cached), false) as excludes_cached, */
    /* aggregates */
from usage_values
group by grouping sets (/* buckets: (bucket, model) *//* both: , *//* totals: (model), () */)
