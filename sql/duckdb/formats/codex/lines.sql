-- Codex's rollouts → the lines that describe calls: sessions, turns, settings, token counts and records of
-- responses.
-- reads: source (raw columns of the log)
-- The counts are those of the last step, `running_` ones the totals so far. An event is not `usable` where
-- one of them is no object and the other none either. `settings_tier` is '' where settings name none.
-- `entry` is null where the engine found nothing in the line.
-- Cached tokens are a part of the input and reasoning is one of the output, always.
select
    null::varchar as id,
    null::varchar as price_context,
    if(line_kind = 'session_meta', nullif(session_id, ''), null) as session_id,
    case line_kind
        when 'session_meta' then nullif(session_id, '')
        when 'token_usage_record' then nullif(thread_id, '')
    end as thread_id,
    if(line_kind = 'session_meta', nullif(forked_from, ''), null) as forked_from,
    if(line_kind = 'session_meta', nullif(provider, ''), null) as provider,
    nullif(if(line_kind in ('turn_context', 'token_usage_record'), model, event_model), '') as model,
    coalesce(event_kind = 'token_count' or line_kind = 'token_usage_record', false) as is_event,
    line_kind = 'token_usage_record' as is_record,
    line_kind = 'turn_context' as begins_turn,
    if(line_kind = 'token_usage_record', nullif(response_id, ''), null) as response_id,
    nullif(limit_id, '') as limit_id,
    nullif(service_tier, '') as service_tier,
    if(event_kind = 'thread_settings_applied', coalesce(settings_tier, ''), null) as settings_tier,
    started_at,
    unread,
    if(blank, null, 1) as entry,
    coalesce(input_tokens, output_tokens, running_input_tokens, running_output_tokens) is not null
    or not (is_no_object(last_usage) or is_no_object(running_usage)) as usable,
    input_tokens,
    input_cached_tokens,
    detailed_cache_write_tokens,
    output_tokens,
    reasoning_tokens,
    total_tokens,
    running_input_tokens,
    running_input_cached_tokens,
    running_detailed_cache_write_tokens,
    running_output_tokens,
    running_reasoning_tokens,
    running_total_tokens,
    false as cached_beside,
    false as reasoning_beside,
    file,
    place
from source
where
    blank
    or line_kind in ('session_meta', 'turn_context', 'token_usage_record')
    or (line_kind = 'event_msg' and event_kind in ('token_count', 'thread_settings_applied'))
