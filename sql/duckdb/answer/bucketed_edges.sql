-- The calls, each with the first instant of its bucket, in UTC; buckets given by their first instants,
-- where cells would be too many: the clocks of some zones were once off by odd seconds.
-- reads: calls_in_range
-- params: $edges BIGINT[] (first instants, ascending, microseconds since 1970)
select
    calls_in_range.*,
    edges.bucket
from calls_in_range
asof join (
    select make_timestamp(unnest($edges)) as bucket
) as edges
    on make_timestamp(epoch_us(calls_in_range.started_at)) >= edges.bucket
