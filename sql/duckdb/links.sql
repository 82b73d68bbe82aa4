-- Every call of the searched span with the call above it: the earliest call of the parent's id.
-- reads: calls
-- params: $search_from, $search_to BIGINT (microseconds since 1970; half-open)
with
searched as materialized (
    select line, id, parent_id, started_at
    from calls
    where
        entry <= 1
        and started_at >= make_timestamptz($search_from)
        and started_at < make_timestamptz($search_to)
),

parents as (
    select
        id,
        arg_min(line, started_at) as line,
        min(started_at) as started_at
    from searched
    where id is not null
    group by id
)

select
    searched.line,
    parents.line as parent_line,
    parents.started_at >= searched.started_at as backward
from searched
inner join parents on parents.id = searched.parent_id
