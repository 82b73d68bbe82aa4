-- The calls with their own usage: what is below them taken off, count by count (SPEC 10).
-- reads: recorded_calls, below
-- A count that is absent or unreadable stays so. An entry of which nothing is left is no usage.
select
    * exclude (nothing_below, usable),
    usable and (nothing_below or greatest(/* counts */, 0) > 0) as usable
from (
    select
        recorded.* replace (
            /* own */
        ),
        below.line is null as nothing_below
    from recorded_calls as recorded
    left join below
        on below.line = recorded.line
        and below.model is not distinct from recorded.model
        and recorded.usable
)
