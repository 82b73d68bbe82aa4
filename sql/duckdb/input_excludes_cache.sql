-- Whether input counts leave cached tokens out: fewer input tokens than cached ones, or Anthropic's
-- way of writing usage, `input_tokens` beside cache counts of its own.
-- reads: calls_in_range
select coalesce(
    bool_or(
        usable
        and coalesce(gross_input_tokens, prompt_tokens, -1) < 0
        and input_tokens >= 0
        and coalesce(prompt_cached_tokens, input_cached_tokens, -1) < 0
        and (cache_read_input_tokens > 0 or cache_creation_input_tokens > 0)
    ),
    false
) as found
from calls_in_range
