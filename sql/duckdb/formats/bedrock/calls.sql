-- Bedrock's invocation logs → the columns of a call (docs/specification.md, 5), one row per call.
-- reads: source (raw columns of the log)
-- Only its start is logged; how long it took only the body of a Converse answer says. Input counts leave
-- cached tokens out. Only calls that failed have an error code. A call without a count has no usage: `entry` is 0; it is null where the engine
-- found nothing in the line.
select
    nullif(id, '') as id,
    nullif(op_name, '') as op_name,
    nullif(wb_user_id, '') as wb_user_id,
    started_at,
    unread,
    duration,
    coalesce(error_code != '', false) as failed,
    nullif(model, '') as model,
    if(blank, null, coalesce(input_tokens, output_tokens) is not null)::integer as entry,
    true as usable,
    input_tokens,
    output_tokens,
    cache_read_input_tokens,
    cache_creation_input_tokens,
    price_context(
        coalesce(nullif(regexp_extract(service_tier, '"type"\s*:\s*"([^"]*)"', 1), ''), service_tier),
        null,
        null
    ) as price_context,
    file,
    place
from source
