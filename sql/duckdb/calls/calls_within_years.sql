-- The calls that start in the years 1900 to 2200: others are faults, and no range reaches them.
-- reads: calls_of_project
select *
from calls_of_project
where within_years(started_at) is not null
