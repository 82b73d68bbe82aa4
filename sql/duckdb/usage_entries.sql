-- The usage of each call that counts as usage below another (SPEC 10): under `auto` only that of calls
-- that match the filter.
-- Spans above others often name no model, and fewer counts than what is below them.
-- reads: filtered_calls
-- params: $search_from, $search_to BIGINT (microseconds since 1970; half-open)
select
    line,
    started_at,
    model,
    requested_model,
    id_scope is not null as is_span,
    /* counts */
from filtered_calls
where
    usable
    and entry > 0
    and started_at >= make_timestamptz($search_from)
    and started_at < make_timestamptz($search_to)
