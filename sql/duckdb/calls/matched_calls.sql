-- How many calls the answer is about.
-- reads: calls_in_range
select count(*) as matched
from calls_in_range
where entry <= 1
