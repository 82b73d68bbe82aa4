-- Traces of Langfuse → the lines that tell of observations' users and sessions, one row per trace.
-- reads: source (raw columns of the log)
-- `written_at` is never null: it marks a trace. `entry` is null where the engine found nothing.
select
    nullif(trace_id, '') as trace_id,
    nullif(thread_id, '') as thread_id,
    nullif(wb_user_id, '') as wb_user_id,
    coalesce(written_at, '') as written_at,
    unread,
    if(blank, null, 0) as entry,
    file,
    place
from source
