-- LiteLLM's logged payloads and SpendLogs rows → the columns of a call (docs/specification.md, 5), one
-- row per call.
-- reads: source (raw columns of the log)
-- A call without a count has no usage: `entry` is 0; it is null where the engine found nothing in the
-- line. What is not streamed has its first token logged at its end: no time to it is known.
select
    nullif(id, '') as id,
    nullif(op_name, '') as op_name,
    nullif(trace_id, '') as trace_id,
    nullif(thread_id, '') as thread_id,
    coalesce(nullif(user, ''), nullif(key_user, ''), nullif(end_user, '')) as wb_user_id,
    started_at,
    ended_at,
    unread,
    greatest(is_failing_status(status), is_failing_status(inner_status)) as failed,
    nullif(model, '') as model,
    case
        when blank then null
        else (coalesce(prompt_tokens, completion_tokens) is not null)::integer
    end as entry,
    true as usable,
    nullif(provider, '') as provider,
    prompt_tokens,
    completion_tokens,
    total_tokens,
    cache_read_input_tokens,
    prompt_cached_tokens,
    cache_creation_input_tokens,
    cache_creation_5m_input_tokens,
    cache_creation_1h_input_tokens,
    detailed_cache_write_tokens,
    input_audio_tokens,
    input_image_tokens,
    output_audio_tokens,
    output_image_tokens,
    web_searches,
    price_context(service_tier, speed, inference_geo) as price_context,
    coalesce(lower(cache_hit) = 'true', false) as cache_hit,
    uncached_input_cost + coalesce(cache_read_cost, 0) + coalesce(cache_creation_cost, 0)
        as recorded_input_cost,
    recorded_output_cost,
    recorded_total_cost,
    if(
        first_token_at < ended_at,
        (epoch_us(first_token_at) - epoch_us(started_at)) / 1000,
        null
    ) as time_to_first_token_ms,
    reasoning_tokens,
    file,
    place
from source
