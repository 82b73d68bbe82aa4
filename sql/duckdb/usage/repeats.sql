-- The usage entries of the range that repeat what lies below them, with what is left of each
-- (docs/specification.md, 10).
-- reads: usage_entries, usage_below
-- params: $range_start, $range_end BIGINT (microseconds since 1970; half-open)
-- An entry that holds what is below it count by count keeps the difference of each; one that holds only
-- its gross input and output keeps those differences, written under the names of one reading. How its
-- input and its output are meant was known before, and stays. Only an entry of `spans` can repeat both
-- those of its model and those of all models.
select
    *,
    coalesce(greatest(null/* counts:, {} */) > 0, false) as is_left
from (
    select
        line,
        entry,
        least(gross_tokens, below_gross) as repeated_input,
        least(output_tokens, below_output) as repeated_output,
        excludes_cached as cached_beside,
        if(
            by_count,
            own_count(raw_input_tokens, below_input_tokens),
            coalesce(left_input, input_tokens, -1)
        ) as input_tokens,
        if(
            by_count,
            own_count(raw_output_tokens, below_output_tokens),
            coalesce(own_count(output_tokens, below_output), -1)
        ) as output_tokens,
        if(
            by_count,
            own_count(raw_total_tokens, below_total_tokens),
            own_count(raw_total_tokens, below_total)
        ) as total_tokens,
        if(
            by_count,
            own_count(raw_cache_read_input_tokens, below_cache_read_input_tokens),
            coalesce(left_read, -1)
        ) as cache_read_input_tokens,
        if(
            by_count,
            own_count(raw_cache_creation_input_tokens, below_cache_creation_input_tokens),
            coalesce(left_written, -1)
        ) as cache_creation_input_tokens,
        /* other_names: if(by_count, own_count(raw_{0}, below_{0}), null) as {0}, */
        /* others: own_count(raw_{0}, below_{0}) as {0}, */
        by_count and reasoning_beside as reasoning_beside
    from (
        select
            entries.*,
            below.* exclude (line, entry),
            true/* counts:
            and (
                coalesce(raw_{0}, 0) >= coalesce(below_{0}, 0)
                or coalesce(raw_{0} < 0, false)
            ) */ as by_count,
            own_count(cache_read_input_tokens, below_read) as left_read,
            own_count(cache_creation_input_tokens, below_written) as left_written,
            own_count(
                own_count(gross_tokens, below_gross),
                if(excludes_cached, left_read + left_written, 0)
            ) as left_input
        from usage_below as below
        inner join usage_entries as entries
            on entries.line = below.line
            and entries.entry = below.entry
        where
            entries.started_us >= $range_start
            and entries.started_us < $range_end
            and (not below.of_all_models or below.are_several_models or entries.model is null)
    )
    where
        by_count
        or (
            coalesce(gross_tokens >= below_gross, true)
            and coalesce(output_tokens >= below_output, true)
        )
    /* spans: qualify row_number() over (partition by line, entry order by of_all_models desc) = 1 */
)
