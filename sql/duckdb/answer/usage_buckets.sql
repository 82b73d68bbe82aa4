-- One row per bucket and model of the answer, empty ones too (docs/specification.md, 8); `totals`: one per
-- model and one of all, at the range's start. `level` is that of `usage_aggregates`.
-- reads: spine, models, usage_aggregates
-- params: $range_start BIGINT (microseconds since 1970), $row_limit BIGINT
select
    coalesce(epoch_us(places.bucket), $range_start) as bucket,
    places.model,
    places.level,
    coalesce(count, 0) as count,
    /* totals: excludes_cached, */
    /* columns */
from (
    /* buckets: select bucket, model, 0 as level from spine cross join models */
    /* both: union all */
    /* totals: select null::timestamp as bucket, model, 2 as level from models */
    /* totals: union all select null, null, 3 */
) as places
left join usage_aggregates
    on usage_aggregates.level = places.level
    and usage_aggregates.bucket is not distinct from places.bucket
    and usage_aggregates.model is not distinct from places.model
order by places.level, places.bucket, places.model nulls last
limit $row_limit
