-- Langfuse's observations, with the user and the session of their trace where they name none.
-- reads: lines
-- A trace may stand in several lines: of each column the value written last counts.
with traces as (
    select
        trace_id,
        arg_max(thread_id, (written_at, line)) as thread_id,
        arg_max(wb_user_id, (written_at, line)) as wb_user_id
    from lines
    where written_at is not null
    group by trace_id
)

select
    lines.* replace (
        coalesce(lines.thread_id, traces.thread_id) as thread_id,
        coalesce(lines.wb_user_id, traces.wb_user_id) as wb_user_id
    )
from lines
left join traces on lines.trace_id = traces.trace_id
where lines.written_at is null
