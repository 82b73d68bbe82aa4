-- The calls that count: in the range, of the project, not deleted (docs/specification.md, 6).
-- reads: filtered_calls
-- params: $range_start, $range_end BIGINT (microseconds since 1970; half-open), $project_id VARCHAR (null: any)
select *
from filtered_calls
where
    started_at >= make_timestamptz($range_start)
    and started_at < make_timestamptz($range_end)
    and deleted_at is null
    and ($project_id is null or project_id is null or project_id = $project_id)
