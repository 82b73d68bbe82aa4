-- The earliest start of each id: where a line without a start belongs (docs/specification.md, 6). Nothing
-- where `all_dated`: no line looks for one.
-- reads: lines
select
    call_key(id_scope, id) as id,
    min(started_at) as first_started_at
from lines
where
    id is not null
    and started_at is not null
    /* all_dated: and false */
group by all
