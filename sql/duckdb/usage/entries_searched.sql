-- The usage entries that take part in the search for repeats (docs/specification.md, 10): under `auto`
-- those of calls that match the filter.
-- reads: filtered_calls
-- params: $search_from, $search_to BIGINT (microseconds since 1970; half-open)
-- Ids of spans, and of nothing else, are unique within a scope only. `last_start_us` is when calls below
-- may start at the latest.
select
    *,
    id_scope is not null as of_span,
    epoch_us(started_at) as started_us,
    last_start_below_entry(id_scope, model, started_at, ended_at, duration) as last_start_us
from filtered_calls
where
    usable
    and entry > 0
    and started_at >= make_timestamptz($search_from)
    and started_at < make_timestamptz($search_to)
