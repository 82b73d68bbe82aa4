-- The calls, each with the first instant of its bucket; buckets given by their first instants.
-- reads: calls_in_range
-- params: $edges BIGINT[] (first instants, ascending, microseconds since 1970)
select
    calls_in_range.*,
    edges.bucket
from calls_in_range
asof join (
    select make_timestamptz(unnest($edges)) as bucket
) as edges
    on calls_in_range.started_at >= edges.bucket
