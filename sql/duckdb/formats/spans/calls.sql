-- Spans of OpenTelemetry and OpenInference → the columns of a call (docs/specification.md, 5), one row
-- per span.
-- reads: source (raw columns of the log)
-- A span without a token count carries no usage, whatever model it names: `entry` is 0; it is null where
-- the engine found nothing in the line. A total that is not recorded is that of the two counts, so that
-- it can be taken off the spans above. An id is unique within its trace.
select
    span_id(span_id) as id,
    span_id(trace_id) as id_scope,
    nullif(name, '') as op_name,
    nullif(operation, '') as operation,
    span_id(trace_id) as trace_id,
    span_id(parent_span_id) as parent_id,
    nullif(thread_id, '') as thread_id,
    nullif(turn_id, '') as turn_id,
    nullif(wb_user_id, '') as wb_user_id,
    unless_epoch(started_at) as started_at,
    ended_at,
    unread,
    is_error_status(status) or coalesce(error_type, '') != '' as failed,
    true as is_span,
    nullif(model, '') as model,
    nullif(requested_model, '') as requested_model,
    case
        when blank then null
        when coalesce(
            prompt_tokens,
            completion_tokens,
            total_tokens,
            cache_read_input_tokens,
            prompt_cached_tokens,
            cache_creation_input_tokens
        ) is not null then 1
        else 0
    end as entry,
    true as usable,
    nullif(provider, '') as provider,
    prompt_tokens,
    completion_tokens,
    coalesce(
        total_tokens,
        if(
            least(prompt_tokens, completion_tokens) >= 0,
            coalesce(prompt_tokens, 0) + coalesce(completion_tokens, 0),
            null
        )
    ) as total_tokens,
    cache_read_input_tokens,
    prompt_cached_tokens,
    cache_creation_input_tokens,
    reasoning_tokens,
    input_audio_tokens,
    output_audio_tokens,
    price_context(service_tier, null, null) as price_context,
    coalesce(milliseconds_to_first_token, seconds_to_first_token * 1000) as time_to_first_token_ms,
    recorded_input_cost,
    recorded_output_cost,
    recorded_total_cost,
    file,
    place
from source
