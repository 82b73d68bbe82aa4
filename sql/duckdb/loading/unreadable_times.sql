-- How many lines were loaded, and how many of their times could not be read.
-- reads: a table of loaded lines
select
    count(*) filter (entry <= 1) as lines,
    /* texts */
from /* table */
