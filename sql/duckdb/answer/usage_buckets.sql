-- One row per bucket and model of the answer, empty ones too (docs/specification.md, 8).
-- reads: spine, models, usage_aggregates
-- params: $row_limit BIGINT
select
    epoch_us(spine.bucket) as bucket,
    models.model,
    coalesce(count, 0) as count,
    /* columns */
from spine
cross join models
left join usage_aggregates
    on usage_aggregates.bucket = spine.bucket
    and usage_aggregates.model is not distinct from models.model
order by spine.bucket, models.model nulls last
limit $row_limit
