-- Where the lines of which a time or a duration could not be read stand in reading order.
-- reads: a table of loaded lines
select coalesce(/* place */, /* file */ * 1099511627776 + rowid) as line
from /* table */
where entry <= 1 and unread[/* position */] is not null and /* time */ is null
