-- The lines loaded, those that held nothing, and the times that could not be read.
-- reads: loaded
select
    count_if(entry <= 1 and not blank) as lines,
    count_if(blank) as blank,
    /* texts */
from loaded
