-- Access logs of the Envoy AI Gateway → the columns of a call (docs/specification.md, 5), one row per call.
-- reads: source (raw columns of the log)
-- `-` is Envoy's word for nothing. Input counts hold cached tokens too. A call without a count has no
-- usage: `entry` is 0; it is null where the engine found nothing in the line.
select
    unless_dash(id) as id,
    unless_dash(op_name) as op_name,
    unless_dash(trace_id) as trace_id,
    unless_dash(thread_id) as thread_id,
    unless_dash(wb_user_id) as wb_user_id,
    started_at,
    unread,
    duration,
    is_failing_status(unless_dash(status)) as failed,
    coalesce(unless_dash(response_model), unless_dash(request_model)) as model,
    case
        when blank then null
        when coalesce(
            unless_dash(input_tokens), unless_dash(output_tokens), unless_dash(total_tokens)
        ) is not null then 1
        else 0
    end as entry,
    true as usable,
    unless_dash(provider) as provider,
    read_count(unless_dash(input_tokens)) as input_tokens,
    read_count(unless_dash(output_tokens)) as output_tokens,
    read_count(unless_dash(total_tokens)) as total_tokens,
    read_count(unless_dash(input_cached_tokens)) as input_cached_tokens,
    read_count(unless_dash(detailed_cache_write_tokens)) as detailed_cache_write_tokens,
    read_count(unless_dash(reasoning_tokens)) as reasoning_tokens,
    file,
    place
from source
