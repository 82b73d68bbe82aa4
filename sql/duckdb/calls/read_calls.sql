-- The calls that an earlier step or a table has, with the columns that were not read as null.
-- reads: a table of lines as they are read
select
    /* columns */
from /* lines */
