-- Merged calls, one row per call and model again.
-- reads: merged_calls, keyed_lines
select
    merged_calls.* exclude (key_id, key_ms, key_line),
    lines.model,
    lines.requested_model,
    coalesce(lines.entry, 0) as entry,
    lines.usable,
    lines.provider,
    lines.gross_input_tokens,
    lines.prompt_tokens,
    lines.input_tokens,
    lines.completion_tokens,
    lines.output_tokens,
    lines.total_tokens,
    lines.cache_read_input_tokens,
    lines.prompt_cached_tokens,
    lines.input_cached_tokens,
    lines.cache_creation_input_tokens,
    lines.cache_creation_1h_input_tokens,
    lines.requests,
    lines.recorded_input_cost,
    lines.recorded_output_cost,
    lines.recorded_total_cost
from merged_calls
left join keyed_lines as lines on lines.line = merged_calls.usage_line and lines.entry > 0
