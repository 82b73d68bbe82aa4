-- The rows of one file in their order, 65,536 at a time: how many they are, the marks that they have in
-- their lines ('' without any), one below the other, and where the rows stand in which the engine found
-- nothing, counted from 1.
-- reads: source
select
    count(*) as found,
    string_agg(coalesce(mark, ''), chr(10) order by place) as marks,
    list(place order by place) filter (blank) as blank
from (
    select
        mark,
        blank,
        row_number() over () as place
    from source
)
group by (place - 1) // 65536
order by (place - 1) // 65536
