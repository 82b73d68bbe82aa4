-- The largest epoch number of a time column per file, which tells its unit (SPEC 5).
-- reads: a table of loaded lines
select
    /* file */ as file,
    max(abs(read_epoch(unread[/* position */])))::double as largest
from /* table */
where unread[/* position */] is not null
group by all
having count(*) > 0
