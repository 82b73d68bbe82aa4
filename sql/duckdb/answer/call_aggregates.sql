-- The call metrics per bucket, non-empty buckets only; `totals`: of all calls, whose bucket is null,
-- beside these or `alone`.
-- reads: call_values
select
    /* buckets: bucket, */
    /* alone: null::timestamp as bucket, */
    count(*) as count,
    count(elapsed_us) as measured,
    count(*) filter (elapsed_us < 0) as negative,
    /* aggregates */
from call_values
group by grouping sets (/* buckets: (bucket) *//* both: , *//* totals: () */)
