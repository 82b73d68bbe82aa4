-- The largest epoch number of a time column per file, which tells its unit (SPEC 5).
-- reads: loaded
select
    /* file */ as file,
    max(abs(read_epoch(unread[/* position */])))::double as largest
from loaded
where unread[/* position */] is not null
group by all
