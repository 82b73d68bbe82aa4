-- One row per bucket of the answer, empty ones too (docs/specification.md, 8); `totals`: one of all calls,
-- at the range's start. `level` is 0 for a bucket, 3 for all; `seconds` how much of the range the row holds.
-- reads: spine, call_aggregates
-- params: $range_start, $range_end BIGINT (microseconds since 1970; half-open)
select
    coalesce(epoch_us(places.bucket), $range_start) as bucket,
    if(places.bucket is null, 3, 0) as level,
    coalesce(count, 0) as count,
    coalesce(measured, 0) as measured,
    coalesce(negative, 0) as negative,
    /* columns */
from (
    /* buckets: select
        bucket,
        (
            coalesce(epoch_us(lead(bucket) over (order by bucket)), $range_end)
            - greatest(epoch_us(bucket), $range_start)
        ) / 1e6 as seconds
    from spine */
    /* both: union all */
    /* totals: select null::timestamp as bucket, ($range_end - $range_start) / 1e6 as seconds */
) as places
left join call_aggregates on call_aggregates.bucket is not distinct from places.bucket
order by places.bucket nulls last
