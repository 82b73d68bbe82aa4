-- Which row of a loaded table is the first of each file.
-- reads: a table of loaded lines
select
    /* file */ as file,
    min(rowid) as first_row
from /* table */
group by all
