-- All rows of a table or of an earlier step.
-- reads: a table of calls
select *
from /* table */
