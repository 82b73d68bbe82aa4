-- What is odd about the calls of the range, and those without a start.
-- reads: calls
-- params: $range_start, $range_end BIGINT (microseconds since 1970; half-open), $now BIGINT (the same)
select
    count(*) filter (entry <= 1 and started_at is null) as undated,
    count(*) filter (entry > 0 and not usable) as unusable_usage_entries,
    coalesce(
        sum(0/* counts: + coalesce({} < 0, false)::integer */),
        0
    )::bigint as unreadable_counts,
    0/* totals: + count(*) filter (
        is_large_total(
            total_tokens,
            gross_input_tokens,
            prompt_tokens,
            input_tokens,
            completion_tokens,
            output_tokens
        )
    ) */ as large_totals,
    count(*) filter (entry <= 1 and started_at > make_timestamptz($now)) as in_the_future,
    count(*) filter (entry <= 1 and deleted_at is not null) as deleted
from calls
where
    started_at is null
    or (started_at >= make_timestamptz($range_start) and started_at < make_timestamptz($range_end))
