-- Helicone's request export → the columns of a call (docs/specification.md, 5), one row per call.
-- reads: source (raw columns of the log)
-- A status of 400 and more is an error, one below zero a call without an answer. Anthropic counts input
-- without cached tokens, the others with them: each stands under the names that say so. An answer from
-- Helicone's cache names the request that was kept there, others zeros. A call without a count has no
-- usage: `entry` is 0; it is null where the engine found nothing in the line.
select
    nullif(id, '') as id,
    nullif(thread_id, '') as thread_id,
    nullif(wb_user_id, '') as wb_user_id,
    started_at,
    ended_at,
    unread,
    duration,
    is_failing_status(status) as failed,
    coalesce(
        nullif(response_model, ''),
        nullif(nullif(model, ''), 'unknown'),
        nullif(request_model, '')
    ) as model,
    case
        when blank then null
        else (coalesce(prompt_tokens, completion_tokens, total_tokens) is not null)::integer
    end as entry,
    true as usable,
    nullif(provider, '') as provider,
    if(is_net, null, prompt_tokens) as prompt_tokens,
    if(is_net, prompt_tokens, null) as input_tokens,
    completion_tokens,
    total_tokens,
    if(is_net, cache_read_tokens, null) as cache_read_input_tokens,
    if(is_net, null, cache_read_tokens) as prompt_cached_tokens,
    cache_creation_input_tokens,
    input_audio_tokens,
    output_audio_tokens,
    coalesce(cache_reference_id not in ('', '00000000-0000-0000-0000-000000000000'), false)
        as cache_hit,
    recorded_total_cost,
    time_to_first_token_ms,
    reasoning_tokens,
    file,
    place
from (select *, coalesce(lower(provider) = 'anthropic', false) as is_net from source)
