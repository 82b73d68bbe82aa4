-- For each call the nearest one above it that has usage, and the first and last start of those between.
-- reads: links_without_cycles, usage_entries
-- Each step doubles how far up a call reaches, so that long chains without usage cost little.
with recursive
climb (line, above, above_started_us, has_usage, earliest, latest) using key (line) as (
    select
        line,
        above,
        above_started_us,
        above in (select line from usage_entries),
        null::bigint,
        null::bigint
    from links_without_cycles
    union
    select
        climb.line,
        next.above,
        next.above_started_us,
        next.has_usage,
        least(climb.earliest, climb.above_started_us, next.earliest),
        greatest(climb.latest, climb.above_started_us, next.latest)
    from climb
    inner join recurring.climb as next on next.line = climb.above
    where not climb.has_usage
)

select
    line,
    above,
    above_started_us,
    earliest,
    latest
from climb
where has_usage
