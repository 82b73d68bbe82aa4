-- One call per session and running total: the usage of its last step, else what the totals grew by
-- (FORMATS G2).
-- reads: lines
-- An event is written again with unchanged totals, and a forked session begins with the events of the
-- one that it comes from, written in a burst: neither is a call again. Totals that fall begin anew.
-- When a call began is not logged, only when its tokens were counted: no latency is known.
with
sessions as (
    select
        line // 1099511627776 as file,
        arg_min(thread_id, line) as session,
        count(forked_from) > 0 or count(distinct thread_id) > 1 as is_forked,
        arg_min(started_at, line) as first_at
    from lines
    group by file
),

named as (
    select
        * replace (
            last_value(model ignore nulls) over so_far as model,
            last_value(provider ignore nulls) over so_far as provider
        ),
        line // 1099511627776 as file
    from lines
    window so_far as (
        partition by line // 1099511627776
        order by line
        rows between unbounded preceding and current row
    )
),

events as (
    select
        named.*,
        sessions.session,
        sessions.is_forked,
        epoch_us(started_at) - epoch_us(sessions.first_at) as after_us,
        epoch_us(started_at) - first_value(epoch_us(started_at)) over in_file as pace_us,
        epoch_us(started_at) - lag(epoch_us(started_at)) over in_file >= 1000000 as is_apart,
        coalesce(running_total_tokens, running_input_tokens + running_output_tokens) as running,
        lag(running_total_tokens ignore nulls) over in_file as total_before,
        lag(running_input_tokens ignore nulls) over in_file as input_before,
        lag(running_input_cached_tokens ignore nulls) over in_file as cached_before,
        lag(running_output_tokens ignore nulls) over in_file as output_before,
        lag(running_reasoning_tokens ignore nulls) over in_file as reasoning_before,
        lag(running ignore nulls) over in_file > running as is_anew
    from named
    inner join sessions using (file)
    where
        is_event
        and (
            not usable
            or coalesce(running_input_tokens, running_output_tokens, input_tokens, output_tokens)
            is not null
        )
    window in_file as (partition by file order by line)
),

steps as (
    select
        file,
        line,
        session,
        is_forked,
        after_us,
        pace_us,
        running,
        model,
        provider,
        started_at,
        count(*) filter (is_apart) over so_far = 0 as in_burst,
        case
            when coalesce(input_tokens, output_tokens) is not null
                then {
                    'input': input_tokens,
                    'cached': input_cached_tokens,
                    'output': output_tokens,
                    'reasoning': reasoning_tokens,
                    'total': total_tokens
                }
            when is_anew
                then {
                    'input': running_input_tokens,
                    'cached': running_input_cached_tokens,
                    'output': running_output_tokens,
                    'reasoning': running_reasoning_tokens,
                    'total': running_total_tokens
                }
            else {
                'input': running_input_tokens - coalesce(input_before, 0),
                'cached': running_input_cached_tokens - coalesce(cached_before, 0),
                'output': running_output_tokens - coalesce(output_before, 0),
                'reasoning': running_reasoning_tokens - coalesce(reasoning_before, 0),
                'total': running_total_tokens - coalesce(total_before, 0)
            }
        end as used
    from events
    window so_far as (
        partition by file order by line rows between unbounded preceding and current row
    )
),

-- The first event of each running total of a session.
once as (
    select
        *,
        count(*) filter (in_burst) over (partition by file) as burst
    from steps
    qualify row_number() over (
        partition by coalesce(session, file::varchar), coalesce(running, -line)
        order by line
    ) = 1
),

-- Where a running total stands in several sessions: the earliest.
originals as (
    select
        running,
        arg_min(session, (started_at, line)) as session,
        arg_min(after_us, (started_at, line)) as after_us,
        arg_min(pace_us, (started_at, line)) as pace_us
    from once
    where running is not null
    group by running
    having count(distinct session) > 1
),

-- A replay runs faster than what it repeats.
compared as (
    select
        once.*,
        originals.session is not null
        and (
            is_forked
            or (
                in_burst
                and (
                    bool_or(in_burst and once.pace_us < originals.pace_us)
                    over (partition by once.file)
                    or (burst = 1 and once.after_us < least(originals.after_us, 1000000))
                )
            )
        ) as is_replay
    from once
    left join originals
        on originals.running = once.running
        and originals.session != once.session
)

select
    lines.* replace (
        compared.session || printf(':%.0f', compared.running) as id,
        compared.session as thread_id,
        compared.model as model,
        compared.provider as provider,
        used.input as input_tokens,
        used.cached as input_cached_tokens,
        used.output as output_tokens,
        used.reasoning as reasoning_tokens,
        used.total as total_tokens
    )
from compared
inner join lines using (line)
where (used.input != 0 or used.output != 0 or not usable) and is_replay is distinct from true
