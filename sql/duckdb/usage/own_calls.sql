-- The calls with their own usage: less what they repeat of the calls below them
-- (docs/specification.md, 10).
-- reads: recorded_calls, repeats
-- An entry of which nothing is left is no usage.
select
    recorded.* replace (
        /* columns: if(repeats.line is null, recorded.{0}, repeats.{0}) as {0}, */
        recorded.usable and coalesce(repeats.is_left, true) as usable
    )
from recorded_calls as recorded
left join repeats
    on repeats.line = recorded.line
    and repeats.entry = recorded.entry
