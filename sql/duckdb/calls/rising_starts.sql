-- Whether each call starts in a later millisecond than the one that the engine reads before it. True proves
-- that no two share a start, in whatever order they are read.
-- reads: calls
-- A call without a start, or before 1970, is not later.
select coalesce(bool_and(rises), true) as rising
from (
    select
        coalesce(
            epoch_us(started_at) // 1000
            > lag(greatest(epoch_us(started_at), 0) // 1000, 1, -1) over (),
            false
        ) as rises
    from calls
    where entry <= 1
)
