-- The lines loaded, those that held nothing, and the times that could not be read.
-- reads: loaded
select
    count(*) filter (entry <= 1 and not blank) as lines,
    count(*) filter (blank) as blank,
    /* texts */
from loaded
