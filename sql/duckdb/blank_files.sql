-- The files with lines in which the engine found nothing: refused ones, and objects without a column
-- that the question reads.
-- reads: loaded
select
    /* file */ as file,
    count(*) as blank
from loaded
where entry is null
group by all
