-- How many times of the loaded lines could not be read, by column.
-- reads: a table of loaded lines
select
    /* texts */
from /* table */
