-- Codex's rollouts → the lines that tell of calls: sessions, turns, token counts (FORMATS G2).
-- reads: source (raw columns of the log)
-- The counts are those of the last step, `running_` ones the totals so far. An event is not `usable` where
-- one of them is no object and the other none either. `entry` is null where the engine found nothing in
-- the line.
select
    null::varchar as id,
    if(line_kind = 'session_meta', nullif(thread_id, ''), null) as thread_id,
    if(line_kind = 'session_meta', nullif(forked_from, ''), null) as forked_from,
    if(line_kind = 'session_meta', nullif(provider, ''), null) as provider,
    nullif(if(line_kind = 'turn_context', model, event_model), '') as model,
    coalesce(event_kind = 'token_count', false) as is_event,
    started_at,
    unread,
    if(blank, null, 1) as entry,
    coalesce(input_tokens, output_tokens, running_input_tokens, running_output_tokens) is not null
    or not (is_no_object(last_usage) or is_no_object(running_usage)) as usable,
    input_tokens,
    input_cached_tokens,
    output_tokens,
    reasoning_tokens,
    total_tokens,
    running_input_tokens,
    running_input_cached_tokens,
    running_output_tokens,
    running_reasoning_tokens,
    running_total_tokens,
    file,
    place
from source
where
    blank
    or line_kind in ('session_meta', 'turn_context')
    or (line_kind = 'event_msg' and event_kind = 'token_count')
