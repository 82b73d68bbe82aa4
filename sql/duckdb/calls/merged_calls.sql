-- The calls of several lines, one per key: of each column the last non-empty value in reading order
-- (docs/specification.md, 6).
-- reads: keyed_lines, repeated_keys
-- `usage_line` is the line whose usage counts; `lines_merged` how many logged calls became this one
-- (the parts of one call are one).
select
    key_id,
    key_ms,
    key_line,
    min(line) as line,
    any_value(id) as id,
    any_value(id_scope) as id_scope,
    arg_max(project_id, line) as project_id,
    arg_max(op_name, line) as op_name,
    arg_max(operation, line) as operation,
    arg_max(trace_id, line) as trace_id,
    arg_max(parent_id, line) as parent_id,
    arg_max(thread_id, line) as thread_id,
    arg_max(turn_id, line) as turn_id,
    arg_max(wb_user_id, line) as wb_user_id,
    arg_max(wb_run_id, line) as wb_run_id,
    arg_max(started_at, line) as started_at,
    arg_max(ended_at, line) as ended_at,
    arg_max(deleted_at, line) as deleted_at,
    arg_max(duration, line) as duration,
    bool_or(failed) as failed,
    bool_or(is_span) as is_span,
    arg_max(input_refs, line) as input_refs,
    arg_max(output_refs, line) as output_refs,
    max(line) filter (entry > 0) as usage_line,
    count(*) filter (entry <= 1 and part is distinct from true)
    + coalesce(bool_or(part), false)::integer as lines_merged
from keyed_lines
semi join repeated_keys on repeated_keys.key = hash(keyed_lines.key_id, keyed_lines.key_ms)
group by key_id, key_ms, key_line
