-- The latest start of loaded lines, in microseconds since 1970.
-- reads: a table of loaded lines
select epoch_us(max(started_at)) as latest
from /* table */
