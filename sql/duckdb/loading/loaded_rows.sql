-- The rows of one file as they were loaded.
-- reads: a table of loaded lines
-- params: $file BIGINT
select
    /* columns */
from /* table */
where /* file */ = $file
order by rowid
