-- How many rows there are.
-- reads: lines
select count(*) as found
from lines
