-- Every bucket of the range, empty or not; buckets of fixed length.
-- params: $first_bucket, $last_bucket, $width BIGINT (microseconds)
select make_timestamp(unnest(generate_series($first_bucket, $last_bucket, $width))) as bucket
