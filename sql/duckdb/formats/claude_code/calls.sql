-- One call per message id and request id: its first instant, its most complete copy, which is the one with
-- most output, then the last. What advisors used for it are further entries, one per model.
-- reads: lines
-- A line without a message id is a call of its own. Without a request id a message id may be that of many
-- answers: they are one call per session and input counts. A side chain replays messages of its parent
-- under new request ids: they are no calls again.
with
-- A resumed session copies lines: theirs is the session that they were written in first.
first_sessions as (
    select
        message_id,
        started_at,
        arg_min(thread_id, line) as first_session
    from lines
    where request_id is null and message_id is not null
    group by message_id, started_at
),

copies as (
    select
        lines.*,
        if(message_id is null, line, null) as own_line,
        concat_ws(
            ':',
            message_id,
            coalesce(first_session, thread_id, ''),
            coalesce(input_tokens, 0),
            coalesce(cache_read_input_tokens, 0),
            cache_writes(
                cache_creation_input_tokens,
                cache_creation_5m_input_tokens,
                cache_creation_1h_input_tokens,
                null
            )
        ) as asked
    from lines
    left join first_sessions using (message_id, started_at)
),

most_complete as (
    select
        message_id,
        request_id,
        max({'usable': usable, 'output': coalesce(output_tokens, -1), 'line': line, 'asked': asked})
            as most,
        min(started_at) as started_at,
        bool_and(sidechain) as sidechain
    from copies
    group by message_id, request_id, own_line, if(request_id is null, asked, null)
),

calls_once as (
    select
        most.line as line,
        most_complete.started_at,
        ':' || nullif(row_number() over (partition by message_id, request_id order by line), 1)
            as number
    from most_complete
    where
        not sidechain
        or message_id is null
        or (
            message_id not in (
                select message_id
                from most_complete
                where not sidechain and message_id is not null and request_id is not null
            )
            and most.asked not in (
                select most.asked
                from most_complete
                where not sidechain and message_id is not null and request_id is null
            )
        )
),

-- What a call with advisors is made of: its own usage, which leaves theirs out, and what each of them used.
parts as (
    select
        line,
        0 as position,
        model,
        input_tokens,
        output_tokens,
        cache_read_input_tokens,
        cache_creation_input_tokens,
        cache_creation_5m_input_tokens,
        cache_creation_1h_input_tokens,
        price_context
    from lines
    where iterations is not null

    union all

    select
        line,
        position,
        coalesce(nullif(iteration.model, ''), advisor_model) as model,
        read_count(iteration.input_tokens) as input_tokens,
        read_count(iteration.output_tokens) as output_tokens,
        read_count(iteration.cache_read_input_tokens) as cache_read_input_tokens,
        read_count(iteration.cache_creation_input_tokens) as cache_creation_input_tokens,
        read_count(iteration.cache_creation.ephemeral_5m_input_tokens)
            as cache_creation_5m_input_tokens,
        read_count(iteration.cache_creation.ephemeral_1h_input_tokens)
            as cache_creation_1h_input_tokens,
        coalesce(
            price_context(iteration.service_tier, iteration.speed, iteration.inference_geo),
            price_context
        ) as price_context
    from (
        select
            line,
            advisor_model,
            price_context,
            unnest(iterations) as iteration,
            unnest(range(1, len(iterations) + 1)) as position
        from (
            select * replace (try(from_json(iterations, iterations_type())) as iterations)
            from lines
            where iterations is not null
        )
    )
    where iteration.type = 'advisor_message'
),

entries as (
    select
        line,
        row_number() over (partition by line order by min(position)) as entry,
        model,
        count(*) as requests,
        sum_of_readable(input_tokens) as input_tokens,
        sum_of_readable(output_tokens) as output_tokens,
        sum_of_readable(cache_read_input_tokens) as cache_read_input_tokens,
        sum_of_readable(cache_creation_input_tokens) as cache_creation_input_tokens,
        sum_of_readable(cache_creation_5m_input_tokens) as cache_creation_5m_input_tokens,
        sum_of_readable(cache_creation_1h_input_tokens) as cache_creation_1h_input_tokens,
        arg_min(price_context, position) as price_context
    from parts
    group by line, model
)

select
    lines.* replace (
        lines.id || if(lines.request_id is null, coalesce(calls_once.number, ''), '') as id,
        calls_once.started_at as started_at
    )
from calls_once
inner join lines using (line)
where lines.iterations is null

union all by name

select
    lines.* replace (
        lines.id || if(lines.request_id is null, coalesce(calls_once.number, ''), '') as id,
        calls_once.started_at as started_at,
        entries.entry as entry,
        entries.model as model,
        entries.requests as requests,
        entries.input_tokens as input_tokens,
        entries.output_tokens as output_tokens,
        entries.cache_read_input_tokens as cache_read_input_tokens,
        entries.cache_creation_input_tokens as cache_creation_input_tokens,
        entries.cache_creation_5m_input_tokens as cache_creation_5m_input_tokens,
        entries.cache_creation_1h_input_tokens as cache_creation_1h_input_tokens,
        entries.price_context as price_context,
        if(entries.entry = 1, lines.web_searches, null) as web_searches,
        if(entries.entry = 1, lines.recorded_total_cost, null) as recorded_total_cost
    )
from calls_once
inner join lines using (line)
inner join entries using (line)
