-- What stored columns can tell of odd calls, most of it from their statistics alone.
-- reads: calls
select
    count(*) as calls,
    count(*) - count(started_at) as undated,
    epoch_us(max(started_at)) as latest_us,
    false/* deleted: or max(deleted_at) is not null */ as deleted,
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
    least(null/* counts:, min({}) */) as smallest_count
from calls
