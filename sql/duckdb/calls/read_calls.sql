-- The calls read straight from a group's files, with the columns that were not read as null.
-- reads: a table of lines as they are read
select
    /* columns */
from /* lines */
