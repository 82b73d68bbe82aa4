-- Every bucket of the range, empty or not; buckets given by their first instants.
-- params: $edges BIGINT[] (first instants, ascending, microseconds since 1970)
select make_timestamp(unnest($edges)) as bucket
