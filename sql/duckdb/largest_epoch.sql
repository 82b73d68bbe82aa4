-- The largest epoch number of a time column per file, which tells its unit (SPEC 5).
-- reads: loaded
select
    file,
    max(read_epoch(/* text */))::double as largest
from loaded
where /* text */ is not null
group by file
