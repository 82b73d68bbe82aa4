-- The usage metrics per bucket and model, non-empty buckets only; `totals`: per model, and of all,
-- beside these or `alone`.
-- reads: usage_values
-- `level` is 0 for a bucket and model, 2 for a model, 3 for all together. `excludes_cached` says whether
-- some input counts leave cached tokens out.
select
    model,
    /* buckets: bucket, grouping(bucket, model) as level, */
    /* alone: null::timestamp as bucket, 2 + grouping(model) as level, */
    count(*) as count,
    /* totals: coalesce(bool_or(excludes_cached), false) as excludes_cached, */
    /* aggregates */
from usage_values
group by grouping sets (/* buckets: (bucket, model) *//* both: , *//* totals: (model), () */)
