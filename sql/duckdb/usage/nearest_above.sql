-- For each usage entry the nearest call above it that has usage of the same model, and the first and last
-- start of the calls between.
-- reads: usage_entries, usage_above
-- `spans`: of a span the model that was asked for is a name of its model, too, and a span that has usage
-- and names no model stands for any.
with recursive
names as (
    select
        line,
        model as name
    from usage_entries
    /* spans: union
    select
        line,
        requested_model as name
    from usage_entries
    where of_span and requested_model is not null */
),

-- What stands in one call alone has nothing of its kind above it.
shared as (
    select name
    from names
    group by name
    having min(line) != max(line)
),

unnamed as (
    select distinct line
    from usage_entries
    where of_span and model is null
),

climb (line, entry, model, requested_model, of_span, above, above_started_us, earliest, latest)
using key (line, entry) as (
    select
        entries.line,
        entries.entry,
        entries.model,
        if(entries.of_span, nullif(entries.requested_model, entries.model), null),
        entries.of_span,
        usage_above.above,
        usage_above.above_started_us,
        least(entries.started_us, usage_above.earliest),
        greatest(entries.started_us, usage_above.latest)
    from usage_entries as entries
    inner join usage_above using (line)
    where
        exists (from shared where shared.name is not distinct from entries.model)
        /* spans: or exists (from shared where shared.name = entries.requested_model)
        or (entries.of_span and (entries.model is null or exists (from unnamed))) */
    union
    select
        climb.line,
        climb.entry,
        climb.model,
        climb.requested_model,
        climb.of_span,
        usage_above.above,
        usage_above.above_started_us,
        least(climb.earliest, climb.above_started_us, usage_above.earliest),
        greatest(climb.latest, climb.above_started_us, usage_above.latest)
    from climb
    anti join names
        on names.line = climb.above
        and names.name is not distinct from climb.model
    /* spans: anti join names as others
        on others.line = climb.above
        and others.name = climb.requested_model
    anti join unnamed on unnamed.line = climb.above */
    inner join usage_above on usage_above.line = climb.above
    /* spans: where not (climb.of_span and climb.model is null) */
)

select
    climb.line,
    climb.entry,
    above.line as above,
    above.entry as above_entry,
    climb.earliest,
    climb.latest
from climb
inner join usage_entries as above on above.line = climb.above
where
    above.model is not distinct from climb.model
    /* spans: or above.model = climb.requested_model
    or (
        above.of_span
        and (
            above.model is null
            or climb.model is null
            or above.requested_model = climb.model
            or above.requested_model = climb.requested_model
        )
    ) */
