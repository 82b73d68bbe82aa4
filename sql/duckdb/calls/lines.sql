-- The loaded lines, one row per model, each with its place in reading order.
-- reads: a table of loaded lines
-- A line's rows lie next to each other; their place is that of the first. What was not loaded is null.
select
    /* columns */,
    coalesce(
        /* place */,
        /* file */ * 1099511627776 + rowid - greatest(entry - 1, 0)
    ) as line
from /* table */
where entry is not null
