-- The calls with a recorded total that may be more than their counts explain.
-- reads: calls
select *
from calls
where
    is_large_total(
        total_tokens,
        gross_input_tokens,
        prompt_tokens,
        input_tokens,
        completion_tokens,
        output_tokens
    )
