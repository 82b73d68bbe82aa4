-- Every call of the searched span with the call above it.
-- Where several calls have the parent's id: the latest that started no later, else the earliest.
-- reads: calls
-- params: $search_from, $search_to BIGINT (microseconds since 1970; half-open)
with
searched as materialized (
    select
        line,
        call_key(id_scope, id) as id,
        call_key(id_scope, parent_id) as parent_id,
        started_at
    from calls
    where
        entry <= 1
        and started_at >= make_timestamptz($search_from)
        and started_at < make_timestamptz($search_to)
),

parents as (
    select
        id,
        count(*) as starts,
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
where parents.starts = 1

union all

select
    searched.line,
    arg_max(above.line, nearness(above.started_at, searched.started_at, above.line)) as parent_line,
    arg_max(above.started_at, nearness(above.started_at, searched.started_at, above.line))
    >= any_value(searched.started_at) as backward
from searched
inner join parents on parents.id = searched.parent_id
inner join searched as above on above.id = parents.id
where parents.starts > 1
group by searched.line
