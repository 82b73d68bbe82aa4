-- Where in their file the lines stand that some rows of a loaded table were made of; rows are counted
-- from 0, places from 1. (`whole` makes the engine read every column: it
-- leaves out a row of delimited text for invalid UTF-8 only in the columns that it reads.)
-- reads: lines
-- params: $rows BIGINT[]
select
    found,
    place,
    hash(whole) as whole
from (
    select
        place,
        row_number() over () - 1 as found,
        lines as whole
    from lines
)
where found in (select unnest($rows))
order by found
