-- Where the refused lines of one file would stand in reading order.
-- reads: loaded
-- params: $file BIGINT
select file * 1099511627776 + rowid as place
from loaded
where blank and file = $file
order by rowid
