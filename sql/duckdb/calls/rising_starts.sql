-- Whether each call starts in a later millisecond than the one that the engine reads before it. True proves
-- that no two share a start, in whatever order they are read.
-- reads: calls
-- A call without a start, or before 1970, is not later.
select count(*) = count(*) filter (milliseconds > before) as rising
from (
    select
        milliseconds,
        lag(milliseconds, 1, -1) over () as before
    from (
        select epoch_us(started_at) // 1000 as milliseconds
        from calls
        where entry <= 1
    )
)
