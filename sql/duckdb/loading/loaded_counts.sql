-- What was loaded of each file: its lines, those in which the engine found nothing, those with times that
-- are still text, and how many rows have something in each column that may be empty throughout.
-- reads: a table of loaded lines
select
    /* file */ as file,
    count(*) filter (entry <= 1) as lines,
    count(*) filter (entry is null) as blank,
    count(unread) as unread/* columns */
from /* table */
group by all
