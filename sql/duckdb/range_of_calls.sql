-- The first and last start of a project's calls, in microseconds since 1970.
-- reads: calls
-- params: $project_id VARCHAR (null: any)
select
    epoch_us(min(started_at)) as first_us,
    epoch_us(max(started_at)) as last_us
from calls
where $project_id is null or project_id is null or project_id = $project_id
