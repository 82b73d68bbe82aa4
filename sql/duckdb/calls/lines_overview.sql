-- What the loaded lines are like: the first and last start of a project's calls in microseconds since 1970,
-- whether any id may stand in more than one line, whether each line has a start, and whether any call names
-- a call above it.
-- reads: calls
-- params: $project_id VARCHAR (null: any)
select
    epoch_us(min(started_at) filter (is_of_project)) as first_us,
    epoch_us(max(started_at) filter (is_of_project)) as last_us,
    /* ids: count(*) filter (is_known) > count(distinct hash(id)) filter (is_known) as repeated, */
    count(*) = count(started_at) as all_dated,
    count(parent_id) > 0 as names_parents
from (
    select
        *,
        $project_id is null or project_id is null or project_id = $project_id as is_of_project,
        entry <= 1 and id is not null as is_known
    from calls
)
