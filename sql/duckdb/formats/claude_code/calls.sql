-- One call per message id and request id: its first instant, its most complete copy (FORMATS G1).
-- reads: lines
-- A line without a message id is a call of its own. A side chain replays messages of its parent under
-- new request ids: they are no calls again.
with
copies as (
    select
        line,
        message_id,
        request_id,
        if(message_id is null, line, null) as own_line,
        started_at,
        sidechain,
        if(usable, 0, -1)
        + greatest(input_tokens, 0)
        + greatest(output_tokens, 0)
        + greatest(cache_read_input_tokens, 0)
        + greatest(cache_creation_input_tokens, 0) as tokens
    from lines
),

most_complete as (
    select
        message_id,
        max({'tokens': coalesce(tokens, 0), 'line': line}).line as line,
        min(started_at) as started_at,
        bool_and(sidechain) as sidechain
    from copies
    group by message_id, request_id, own_line
)

select
    lines.* replace (most_complete.started_at as started_at)
from most_complete
inner join lines using (line)
where
    not most_complete.sidechain
    or most_complete.message_id is null
    or most_complete.message_id not in (
        select message_id from most_complete where not sidechain and message_id is not null
    )
