-- The calls that JSON lines are, one row each, as an object `call`.
select
    /* columns */
from (
    select line as call, line.file_index, line.blank, line.place
    from (
        /* lines */
    ) as line
)
