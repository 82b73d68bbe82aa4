-- The files with lines in which the engine found nothing: malformed ones, and objects without a column
-- that the question reads.
-- reads: a table of loaded lines
select
    /* file */ as file,
    count(*) as blank
from /* table */
where entry is null
group by all
having count(*) > 0
