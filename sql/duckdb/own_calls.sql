-- The calls with their own usage: what is below them taken off, count by count (SPEC 10).
-- reads: recorded_calls, below
-- A count that is absent or unreadable stays so. An entry of which nothing is left is no usage.
select
    recorded_calls.* exclude (
        usable,
        gross_input_tokens,
        prompt_tokens,
        input_tokens,
        completion_tokens,
        output_tokens,
        total_tokens,
        cache_read_input_tokens,
        prompt_cached_tokens,
        input_cached_tokens,
        cache_creation_input_tokens
    ),
    own_count(recorded_calls.gross_input_tokens, below.gross_input_tokens) as gross_input_tokens,
    own_count(recorded_calls.prompt_tokens, below.prompt_tokens) as prompt_tokens,
    own_count(recorded_calls.input_tokens, below.input_tokens) as input_tokens,
    own_count(recorded_calls.completion_tokens, below.completion_tokens) as completion_tokens,
    own_count(recorded_calls.output_tokens, below.output_tokens) as output_tokens,
    own_count(recorded_calls.total_tokens, below.total_tokens) as total_tokens,
    own_count(recorded_calls.cache_read_input_tokens, below.cache_read_input_tokens)
        as cache_read_input_tokens,
    own_count(recorded_calls.prompt_cached_tokens, below.prompt_cached_tokens)
        as prompt_cached_tokens,
    own_count(recorded_calls.input_cached_tokens, below.input_cached_tokens)
        as input_cached_tokens,
    own_count(recorded_calls.cache_creation_input_tokens, below.cache_creation_input_tokens)
        as cache_creation_input_tokens,
    recorded_calls.usable and (below.line is null or greatest(
        own_count(recorded_calls.gross_input_tokens, below.gross_input_tokens),
        own_count(recorded_calls.prompt_tokens, below.prompt_tokens),
        own_count(recorded_calls.input_tokens, below.input_tokens),
        own_count(recorded_calls.completion_tokens, below.completion_tokens),
        own_count(recorded_calls.output_tokens, below.output_tokens),
        own_count(recorded_calls.total_tokens, below.total_tokens),
        own_count(recorded_calls.cache_read_input_tokens, below.cache_read_input_tokens),
        own_count(recorded_calls.prompt_cached_tokens, below.prompt_cached_tokens),
        own_count(recorded_calls.input_cached_tokens, below.input_cached_tokens),
        own_count(recorded_calls.cache_creation_input_tokens, below.cache_creation_input_tokens),
        0
    ) > 0) as usable
from recorded_calls
left join below
    on below.line = recorded_calls.line
    and below.model is not distinct from recorded_calls.model
    and recorded_calls.usable
