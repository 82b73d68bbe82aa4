-- What the sources hold, for the case that nothing matches.
-- reads: calls
select
    count(*) as calls,
    epoch_us(min(started_at)) as first_us,
    epoch_us(max(started_at)) as last_us,
    coalesce(list(distinct project_id order by project_id), []) as projects
from calls
where entry <= 1
