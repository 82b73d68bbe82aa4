-- Claude Code's transcripts → the lines that describe calls, one row per content block.
-- reads: source (raw columns of the log)
-- An assistant's line with a usage is one of a call's, an API error is a call without usage; what the
-- client wrote itself (`<synthetic>`) is not a call. A usage that is not an object is a row that is not
-- `usable`, so that it can be counted. `entry` is null where the engine found nothing. Transcripts log
-- when a block was written, not when its call began or ended: no latency is known. `iterations` is the
-- JSON text of those parts of a response of which one is an advisor's.
select
    nullif(message_id, '') || coalesce(':' || nullif(request_id, ''), '') as id,
    nullif(message_id, '') as message_id,
    nullif(request_id, '') as request_id,
    coalesce(sidechain = 'true', false) as sidechain,
    nullif(thread_id, '') as thread_id,
    started_at,
    unread,
    coalesce(error = 'true', false) as failed,
    nullif(nullif(model, ''), '<synthetic>') as model,
    case
        when blank then null
        when model = '<synthetic>' then 0
        else (has_counts or is_no_object(usage))::integer
    end as entry,
    has_counts or not is_no_object(usage) as usable,
    input_tokens,
    output_tokens,
    cache_read_input_tokens,
    cache_creation_input_tokens,
    cache_creation_5m_input_tokens,
    cache_creation_1h_input_tokens,
    web_searches,
    price_context(service_tier, speed, inference_geo) as price_context,
    true as cached_beside,
    if(contains(iterations, '"advisor_message"'), iterations, null) as iterations,
    nullif(advisor_model, '') as advisor_model,
    recorded_total_cost,
    file,
    place
from (
    select
        *,
        coalesce(
            input_tokens,
            output_tokens,
            cache_read_input_tokens,
            cache_creation_input_tokens,
            cache_creation_5m_input_tokens,
            cache_creation_1h_input_tokens
        ) is not null as has_counts
    from source
)
where
    blank
    or (
        (line_kind is null or line_kind = 'assistant')
        and (
            error = 'true'
            or ((has_counts or is_no_object(usage)) and model is distinct from '<synthetic>')
        )
    )
