-- The files of loaded lines of which something may be unreadable.
-- reads: a table of loaded lines
select distinct
    /* file */ as file
from /* table */
where
    /* odd */
