-- The time columns of which some loaded line names no zone.
-- reads: a table of loaded lines
select distinct zoneless as name
from /* table */
where zoneless is not null
order by name desc
