-- The calls of one project; a call without a project belongs to any.
-- reads: calls
-- params: $project_id VARCHAR
select *
from calls
where project_id is null or project_id = $project_id
