-- One row per bucket of the answer, empty ones too (SPEC 8).
-- reads: spine, call_aggregates
select
    epoch_us(spine.bucket) as bucket,
    coalesce(count, 0) as count,
    coalesce(measured, 0) as measured,
    coalesce(negative, 0) as negative,
    /* columns */
from spine
left join call_aggregates on call_aggregates.bucket = spine.bucket
order by spine.bucket
