-- One call per response or step of a session: the usage that is recorded of it, else of its last step, else
-- what the totals grew by.
-- reads: lines
-- A step is known by all of its counts, of itself and in total: an event is written again with the same, and
-- another counter may reach equal sums. Totals that fall begin anew. Where a response has a record, its
-- token count is no call again.
-- A forked session begins with the steps of the one that it comes from, written in a burst or with their own
-- times: they are no calls of it, whether the other is there or not.
-- When a call began is not logged, only when its tokens were counted: no latency is known.
with
sessions as (
    select
        line // 1099511627776 as file,
        arg_min(thread_id, line) as session,
        count(forked_from) > 0 or count(distinct session_id) > 1 as is_forked,
        arg_min(started_at, line) as first_at
    from lines
    group by file
),

named as (
    select
        lines.* replace (
            last_value(lines.model ignore nulls) over so_far as model,
            last_value(lines.provider ignore nulls) over so_far as provider,
            coalesce(
                lines.service_tier,
                nullif(last_value(lines.settings_tier ignore nulls) over so_far, '')
            ) as service_tier
        ),
        sessions.*,
        count(*) filter (lines.begins_turn) over so_far as turn,
        epoch_us(lines.started_at) - epoch_us(sessions.first_at) as after_us
    from lines
    inner join sessions on sessions.file = lines.line // 1099511627776
    window so_far as (
        partition by sessions.file
        order by lines.line
        rows between unbounded preceding and current row
    )
),

spaced as (
    select
        *,
        after_us
        - greatest(
            max(after_us) over (
                partition by file
                order by line
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) >= 1000000 as is_apart
    from named
),

events as (
    select
        *,
        coalesce(input_tokens, output_tokens) is not null as has_last,
        coalesce(running_total_tokens, running_input_tokens + running_output_tokens) as running,
        lag(running_input_tokens ignore nulls) over in_counter as input_before,
        lag(running_input_cached_tokens ignore nulls) over in_counter as cached_before,
        lag(running_detailed_cache_write_tokens ignore nulls) over in_counter as written_before,
        lag(running_output_tokens ignore nulls) over in_counter as output_before,
        lag(running_reasoning_tokens ignore nulls) over in_counter as reasoning_before,
        lag(running_total_tokens ignore nulls) over in_counter as total_before,
        lag(running ignore nulls) over in_counter > running as is_anew
    from (
        select
            *,
            count(*) filter (is_apart) over (
                partition by file
                order by line
                rows between unbounded preceding and current row
            ) = 0 as in_burst
        from spaced
    )
    where
        is_event
        and (
            not usable
            or coalesce(running_input_tokens, running_output_tokens, input_tokens, output_tokens)
            is not null
        )
    window in_counter as (partition by file, is_record, limit_id order by line)
),

steps as (
    select
        *,
        used_count(has_last, is_anew, input_tokens, running_input_tokens, input_before)
            as used_input,
        used_count(
            has_last,
            is_anew,
            input_cached_tokens,
            running_input_cached_tokens,
            cached_before
        ) as used_cached,
        used_count(
            has_last,
            is_anew,
            detailed_cache_write_tokens,
            running_detailed_cache_write_tokens,
            written_before
        ) as used_written,
        used_count(has_last, is_anew, output_tokens, running_output_tokens, output_before)
            as used_output,
        used_count(has_last, is_anew, reasoning_tokens, running_reasoning_tokens, reasoning_before)
            as used_reasoning,
        used_count(has_last, is_anew, total_tokens, running_total_tokens, total_before)
            as used_total,
        [
            running_input_tokens,
            running_input_cached_tokens,
            running_output_tokens,
            running_reasoning_tokens,
            running_total_tokens,
            input_tokens,
            input_cached_tokens,
            output_tokens,
            reasoning_tokens,
            total_tokens
        ] as parts
    from events
),

-- The first event of each step of a session. Without totals one that was written again has its time.
once as (
    select
        *,
        coalesce(
            is_forked
            and if(
                thread_id is null,
                after_us < 0 or (in_burst and after_us is not null),
                thread_id != session
            ),
            false
        ) as is_inherited,
        [used_input, used_cached, used_output, used_reasoning] as counts
    from steps
    qualify row_number() over (
        partition by
            coalesce(session, file::varchar),
            is_record,
            response_id,
            if(response_id is null, limit_id, null),
            if(response_id is null, parts, null),
            if(
                response_id is null and running is null,
                coalesce(started_at::varchar, line::varchar),
                null
            )
        order by line
    ) = 1
),

-- What lies between records of a turn, and what the nearest of them tells, is in the records.
counted as (
    select *
    from (
        select
            *,
            not is_record
            and (
                line between min(line) filter (is_record) over turns
                and max(line) filter (is_record) over turns
                or counts = lag(if(is_record, counts, null) ignore nulls) over in_turn
                or counts = lead(if(is_record, counts, null) ignore nulls) over in_turn
            ) as is_recorded
        from once
        window
            turns as (partition by file, turn),
            in_turn as (partition by file, turn order by line)
    )
    where
        is_recorded is distinct from true
        and not is_inherited
        and (used_input != 0 or used_output != 0 or not usable)
),

-- Where a step stands in several sessions: the earliest.
originals as (
    select
        limit_id,
        parts,
        arg_min(session, (started_at, line)) as first_session,
        arg_min(after_us, (started_at, line)) as first_after_us
    from counted
    where running is not null and not is_record
    group by limit_id, parts
    having count(distinct session) > 1
),

-- A replay runs faster than what it repeats.
own as (
    select counted.*
    from counted
    left join originals
        on originals.parts = counted.parts
        and originals.limit_id is not distinct from counted.limit_id
        and not counted.is_record
        and originals.first_session != counted.session
    where
        originals.first_session is null
        or not (counted.is_forked or (counted.in_burst and counted.after_us < originals.first_after_us))
)

select
    lines.* replace (
        own.session
        || ':'
        || coalesce(
            own.response_id,
            printf('%.0f', own.running)
            || coalesce(
                ':' || nullif(
                    row_number() over (
                        partition by own.session, own.response_id, own.running
                        order by line
                    ),
                    1
                ),
                ''
            )
        ) as id,
        own.session as thread_id,
        own.model as model,
        own.provider as provider,
        price_context(
            if(lower(own.service_tier) = 'fast', 'priority', own.service_tier),
            null,
            null
        ) as price_context,
        used_input as input_tokens,
        used_cached as input_cached_tokens,
        used_written as detailed_cache_write_tokens,
        used_output as output_tokens,
        used_reasoning as reasoning_tokens,
        used_total as total_tokens
    )
from own
inner join lines using (line)
