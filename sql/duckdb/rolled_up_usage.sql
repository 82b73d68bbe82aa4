-- How many usage entries of the range lie above others of the same model, and how many of those contain, in every
-- count, what is below them (SPEC 10).
-- reads: usage_below, usage_entries
-- params: $range_start, $range_end BIGINT (the range of the answer, microseconds since 1970; half-open)
select
    count(*) as above_others,
    count(*) filter (
        coalesce(greatest(own.gross_input_tokens, 0), 0) >= coalesce(below.gross_input_tokens, 0)
        and coalesce(greatest(own.prompt_tokens, 0), 0) >= coalesce(below.prompt_tokens, 0)
        and coalesce(greatest(own.input_tokens, 0), 0) >= coalesce(below.input_tokens, 0)
        and coalesce(greatest(own.completion_tokens, 0), 0) >= coalesce(below.completion_tokens, 0)
        and coalesce(greatest(own.output_tokens, 0), 0) >= coalesce(below.output_tokens, 0)
        and coalesce(greatest(own.total_tokens, 0), 0) >= coalesce(below.total_tokens, 0)
        and coalesce(greatest(own.cache_read_input_tokens, 0), 0)
        >= coalesce(below.cache_read_input_tokens, 0)
        and coalesce(greatest(own.prompt_cached_tokens, 0), 0)
        >= coalesce(below.prompt_cached_tokens, 0)
        and coalesce(greatest(own.input_cached_tokens, 0), 0)
        >= coalesce(below.input_cached_tokens, 0)
        and coalesce(greatest(own.cache_creation_input_tokens, 0), 0)
        >= coalesce(below.cache_creation_input_tokens, 0)
    ) as containing
from usage_below as below
inner join usage_entries as own
    on own.line = below.line
    and own.model is not distinct from below.model
where
    own.started_at >= make_timestamptz($range_start)
    and own.started_at < make_timestamptz($range_end)
