-- The calls, each with the first instant of its bucket; buckets of fixed length.
-- reads: calls_in_range
-- params: $width BIGINT (microseconds), $origin BIGINT (an aligned instant, microseconds since 1970)
select
    *,
    time_bucket(to_microseconds($width), started_at, make_timestamptz($origin)) as bucket
from calls_in_range
