-- The lines of many small files, gathered in one table first: to work on the few lines of one file after
-- the other would take far longer.
-- reads: gathered
select
    /* columns */
from gathered
