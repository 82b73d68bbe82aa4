-- The calls, each with the first instant of its bucket, in UTC; buckets of fixed length.
-- reads: calls_in_range
-- params: $width BIGINT (microseconds), $origin BIGINT (an aligned instant, microseconds since 1970)
-- `time_bucket` of an instant with a zone takes twice as long.
select
    *,
    time_bucket(
        to_microseconds($width),
        make_timestamp(epoch_us(started_at)),
        make_timestamp($origin)
    ) as bucket
from calls_in_range
