-- What the nearest calls below a call carry of one model, count by count.
-- reads: usage_entries, nearest_above
select
    nearest_above.above as line,
    nearest_above.model,
    sum(greatest(gross_input_tokens, 0)) as gross_input_tokens,
    sum(greatest(prompt_tokens, 0)) as prompt_tokens,
    sum(greatest(input_tokens, 0)) as input_tokens,
    sum(greatest(completion_tokens, 0)) as completion_tokens,
    sum(greatest(output_tokens, 0)) as output_tokens,
    sum(greatest(total_tokens, 0)) as total_tokens,
    sum(greatest(cache_read_input_tokens, 0)) as cache_read_input_tokens,
    sum(greatest(prompt_cached_tokens, 0)) as prompt_cached_tokens,
    sum(greatest(input_cached_tokens, 0)) as input_cached_tokens,
    sum(greatest(cache_creation_input_tokens, 0)) as cache_creation_input_tokens
from nearest_above
inner join usage_entries
    on usage_entries.line = nearest_above.line
    and usage_entries.model is not distinct from nearest_above.model
group by nearest_above.above, nearest_above.model
