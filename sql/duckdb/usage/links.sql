-- Every call of the searched span with the call above it.
-- Where several calls have the parent's id: the latest that started no later, else the earliest.
-- reads: calls
-- params: $search_from, $search_to BIGINT (microseconds since 1970; half-open)
-- Parents are looked for before the span, too, so that which one is meant does not depend on it.
with
known as materialized (
    select
        line,
        call_key(id_scope, id) as id,
        call_key(id_scope, parent_id) as parent_id,
        epoch_us(started_at) as started_us
    from calls
    where entry <= 1 and started_at < make_timestamptz($search_to)
),

parents as (
    select
        id,
        count(*) as starts,
        arg_min(line, started_us) as line,
        min(started_us) as started_us
    from known
    where id is not null
    group by id
)

select
    known.line,
    known.started_us,
    parents.line as above,
    parents.started_us as above_started_us
from known
inner join parents on parents.id = known.parent_id
where parents.starts = 1 and known.started_us >= $search_from

union all

select
    known.line,
    any_value(known.started_us) as started_us,
    arg_max(above.line, nearness(above.started_us, known.started_us, above.line)) as above,
    arg_max(above.started_us, nearness(above.started_us, known.started_us, above.line))
        as above_started_us
from known
inner join parents on parents.id = known.parent_id
inner join known as above on above.id = parents.id
where parents.starts > 1 and known.started_us >= $search_from
group by known.line
