-- How many calls have a start.
-- reads: calls
select count(*) as dated
from calls
where entry <= 1 and started_at is not null
