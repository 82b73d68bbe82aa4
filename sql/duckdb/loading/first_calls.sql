-- Where the lines begin in reading order that hold the calls at some places: of a line that Python read,
-- only the first call has the line's place.
-- reads: a table of loaded lines
-- params: $places BIGINT[]
select
    place,
    first_place
from (
    select
        place,
        max(if(place % 1099511627776 < 549755813888, place, null)) over (order by rowid) as first_place
    from /* table */
)
where place in (select unnest($places))
