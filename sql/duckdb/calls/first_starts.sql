-- The earliest start of each id: where a line without a start belongs (docs/specification.md, 6).
-- reads: lines
select
    call_key(id_scope, id) as id,
    min(started_at) as first_started_at
from lines
where id is not null and started_at is not null
group by all
