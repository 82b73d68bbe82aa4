-- The links, less those of calls that are their own ancestors (docs/specification.md, 10).
-- reads: links
-- Each step doubles how far up a call reaches. After more steps than there are links, it has come to a
-- circle, and all calls of a circle are come to. A circle has a call that starts no later than one below
-- it: without any, no step is taken.
with recursive
climb (line, reached, steps) using key (line) as (
    select
        line,
        above,
        1::bigint
    from links
    where (select bool_or(above_started_us >= started_us) from links)
    union
    select
        climb.line,
        next.reached,
        climb.steps * 2
    from climb
    inner join recurring.climb as next on next.line = climb.reached
    where climb.steps <= (select count(*) from links)
)

select *
from links
where line not in (
    select reached
    from climb
    where steps > (select count(*) from links)
)
