-- The links, less those of calls that are their own ancestors (SPEC 10).
-- reads: links
-- A circle of calls has at least one call that starts no later than its child: only from those does
-- the search walk up.
with recursive
walk as (
    select
        line as origin,
        parent_line as reached
    from links
    where backward
    union
    select
        walk.origin,
        links.parent_line as reached
    from walk
    inner join links on links.line = walk.reached
    where walk.reached != walk.origin
),

circles as (
    select origin
    from walk
    where reached = origin
)

select
    line,
    parent_line
from links
where line not in (select reached from walk where origin in (from circles))
