-- The largest epoch number per file of each time column's unread texts, which gives its unit;
-- null where a column has none unread, -1 where none of them is a number.
-- reads: a table of loaded lines
select
    /* file */ as file,
    /* largest */
from /* table */
where unread is not null
group by all
having count(*) > 0
