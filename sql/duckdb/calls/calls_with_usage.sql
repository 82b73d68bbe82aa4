-- Merged calls, one row per call and model again, and the calls of one line as they are.
-- reads: merged_calls, keyed_lines, repeated_keys
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
    lines.cache_creation_5m_input_tokens,
    lines.cache_creation_1h_input_tokens,
    lines.detailed_cache_write_tokens,
    lines.reasoning_tokens,
    lines.input_audio_tokens,
    lines.input_image_tokens,
    lines.output_audio_tokens,
    lines.output_image_tokens,
    lines.web_searches,
    lines.price_context,
    lines.cache_hit,
    lines.cached_beside,
    lines.reasoning_beside,
    lines.requests,
    lines.recorded_input_cost,
    lines.recorded_output_cost,
    lines.recorded_total_cost
from merged_calls
left join keyed_lines as lines on lines.line = merged_calls.usage_line and lines.entry > 0

union all by name

select
    lines.* exclude (key_id, key_ms, key_line, part),
    if(lines.entry > 0, lines.line, null) as usage_line,
    1 as lines_merged
from keyed_lines as lines
anti join repeated_keys on repeated_keys.key = hash(lines.key_id, lines.key_ms)
