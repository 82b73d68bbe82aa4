-- The files with lines that the engine refused, or that hold none of the columns read.
-- reads: loaded
select
    file,
    count(*) as blank
from loaded
where blank
group by file
