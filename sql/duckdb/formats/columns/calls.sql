-- A log of one's own, a column per count → the columns of a call (docs/specification.md, 5), one row per
-- call.
-- reads: source (raw columns of the log, found by name or by --map)
-- A row that names no model and has no count carries no usage: `entry` is 0; it is null where
-- the engine found nothing in the line. A `usage` that is no object is a row that is not `usable`, so that
-- it can be counted. A speed that is a number has no price.
select
    nullif(project_id, '') as project_id,
    nullif(id, '') as id,
    nullif(op_name, '') as op_name,
    nullif(trace_id, '') as trace_id,
    nullif(parent_id, '') as parent_id,
    nullif(thread_id, '') as thread_id,
    nullif(turn_id, '') as turn_id,
    nullif(wb_user_id, '') as wb_user_id,
    nullif(wb_run_id, '') as wb_run_id,
    started_at,
    ended_at,
    deleted_at,
    unread,
    zoneless,
    duration,
    greatest(
        is_failing_error(exception),
        is_failing_error(error),
        is_failing_error(is_error),
        is_failing_error(error_message),
        is_failing_error(error_type),
        is_failing_error(error_code),
        is_failing_error(failed),
        is_failing_status(status),
        is_failing_status(status_code),
        is_failing_status(http_status),
        is_failing_success(success),
        is_failing_success(ok)
    ) as failed,
    input_refs,
    output_refs,
    nullif(model, '') as model,
    gross_input_tokens is not null
    or prompt_tokens is not null
    or input_tokens is not null
    or completion_tokens is not null
    or output_tokens is not null
    or total_tokens is not null
    or cache_read_input_tokens is not null
    or prompt_cached_tokens is not null
    or input_cached_tokens is not null
    or cache_creation_input_tokens is not null
    or cache_creation_5m_input_tokens is not null
    or cache_creation_1h_input_tokens is not null
    or detailed_cache_write_tokens is not null
    or reasoning_tokens is not null
    or input_audio_tokens is not null
    or input_image_tokens is not null
    or output_audio_tokens is not null
    or output_image_tokens is not null as has_counts,
    case
        when blank then null
        when nullif(model, '') is not null or has_counts or is_no_object(usage) then 1
        else 0
    end as entry,
    has_counts or not is_no_object(usage) as usable,
    nullif(provider, '') as provider,
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
    web_searches,
    price_context(
        service_tier,
        if(try_cast(speed as double) is null, speed, null),
        inference_geo
    ) as price_context,
    lower(cache_hit) = 'true' or try_cast(cache_hit as double) = 1 as cache_hit,
    requests,
    recorded_input_cost,
    recorded_output_cost,
    recorded_total_cost,
    file,
    place
from source
