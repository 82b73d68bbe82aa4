-- OpenAI-style requests and responses → the columns of a call (docs/specification.md, 5), one row per
-- call.
-- reads: source (raw columns of the log)
-- A status of 400 and more and an error in the answer are errors; an answer without either went well.
-- Searches of the web that the usage does not count are items of the answer. A call without a count has
-- no usage: `entry` is 0; it is null where the engine found nothing in the line. A usage that is not
-- an object is a row that is not `usable`, so that it can be counted.
select
    coalesce(nullif(id, ''), nullif(response_id, '')) as id,
    nullif(op_name, '') as op_name,
    nullif(wb_user_id, '') as wb_user_id,
    started_at,
    ended_at,
    unread,
    coalesce(elapsed_ms, elapsed_s) as duration,
    coalesce(
        greatest(
            is_failing_status(status),
            is_failing_status(response_status),
            is_failing_error(error),
            is_failing_error(own_error)
        ),
        false
    ) as failed,
    coalesce(nullif(response_model, ''), nullif(request_model, '')) as model,
    coalesce(
        prompt_tokens,
        input_tokens,
        completion_tokens,
        output_tokens,
        total_tokens
    ) is not null as has_counts,
    if(blank, null, has_counts or is_no_object(usage))::integer as entry,
    has_counts or not is_no_object(usage) as usable,
    gross_input_tokens,
    prompt_tokens,
    input_tokens,
    completion_tokens,
    output_tokens,
    total_tokens,
    cache_read_input_tokens,
    prompt_cached_tokens,
    input_cached_tokens,
    cache_creation_input_tokens,
    cache_creation_5m_input_tokens,
    cache_creation_1h_input_tokens,
    detailed_cache_write_tokens,
    reasoning_tokens,
    input_audio_tokens,
    input_image_tokens,
    output_audio_tokens,
    output_image_tokens,
    coalesce(
        web_searches,
        nullif(
            len(
                list_filter(
                    json_extract_string(output_items, '$[*].type'),
                    lambda kind: kind = 'web_search_call'
                )
            ),
            0
        )
    ) as web_searches,
    price_context(service_tier, speed, inference_geo) as price_context,
    file,
    place
from source
