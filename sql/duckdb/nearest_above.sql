-- For each usage entry the nearest call above it that has usage of the same model. A span above often
-- knows only the model that was asked for, where the one below knows which answered: that is the same
-- model. A span that has usage and names no model stands for any model.
-- reads: usage_entries, links_without_cycles
with recursive
unnamed as (
    select line
    from usage_entries
    where is_span and model is null
),

asked_for as (
    select
        line,
        model
    from usage_entries
    where model in (select requested_model from usage_entries where requested_model != model)
),

climb as (
    select
        usage_entries.line,
        usage_entries.model,
        nullif(usage_entries.requested_model, usage_entries.model) as requested_model,
        links_without_cycles.parent_line as reached
    from usage_entries
    inner join links_without_cycles using (line)
    union all
    select
        climb.line,
        climb.model,
        climb.requested_model,
        links_without_cycles.parent_line as reached
    from climb
    anti join usage_entries
        on usage_entries.line = climb.reached
        and usage_entries.model is not distinct from climb.model
    anti join asked_for
        on asked_for.line = climb.reached
        and asked_for.model = climb.requested_model
    anti join unnamed on unnamed.line = climb.reached
    inner join links_without_cycles on links_without_cycles.line = climb.reached
)

select
    climb.line,
    climb.model,
    climb.reached as above,
    climb.model as above_model
from climb
semi join usage_entries
    on usage_entries.line = climb.reached
    and usage_entries.model is not distinct from climb.model

union all

select
    climb.line,
    climb.model,
    climb.reached as above,
    climb.requested_model as above_model
from climb
semi join asked_for
    on asked_for.line = climb.reached
    and asked_for.model = climb.requested_model

union all

select
    climb.line,
    climb.model,
    climb.reached as above,
    null as above_model
from climb
inner join unnamed on unnamed.line = climb.reached
where climb.model is not null
