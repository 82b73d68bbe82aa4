-- Whether any loaded line tells whether its call failed.
-- reads: a table of loaded lines
select count(failed) > 0 as found
from /* table */
