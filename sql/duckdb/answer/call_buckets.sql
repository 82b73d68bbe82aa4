-- One row per bucket of the answer, empty ones too (docs/specification.md, 8). `seconds` is how much of
-- the range the bucket holds.
-- reads: spine, call_aggregates
-- params: $range_start, $range_end BIGINT (microseconds since 1970; half-open)
select
    epoch_us(spine.bucket) as bucket,
    coalesce(count, 0) as count,
    coalesce(measured, 0) as measured,
    coalesce(negative, 0) as negative,
    /* columns */
from (
    select
        bucket,
        (
            coalesce(epoch_us(lead(bucket) over (order by bucket)), $range_end)
            - greatest(epoch_us(bucket), $range_start)
        ) / 1e6 as seconds
    from spine
) as spine
left join call_aggregates on call_aggregates.bucket = spine.bucket
order by spine.bucket
