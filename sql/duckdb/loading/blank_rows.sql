-- Where the lines of one file in which the engine found nothing stand in reading order.
-- reads: a table of loaded lines
-- params: $file BIGINT
select /* file */ * 1099511627776 + rowid as place
from /* table */
where /* file */ = $file and entry is null
order by rowid
