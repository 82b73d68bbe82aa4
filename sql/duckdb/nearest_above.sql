-- For each usage entry the nearest call above it that has usage of the same model. A span that has usage
-- and names no model stands for any model.
-- reads: usage_entries, links_without_cycles
with recursive
unnamed as (
    select line
    from usage_entries
    where is_span and model is null
),

climb as (
    select
        usage_entries.line,
        usage_entries.model,
        links_without_cycles.parent_line as reached
    from usage_entries
    inner join links_without_cycles using (line)
    union all
    select
        climb.line,
        climb.model,
        links_without_cycles.parent_line as reached
    from climb
    anti join usage_entries
        on usage_entries.line = climb.reached
        and usage_entries.model is not distinct from climb.model
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
    null as above_model
from climb
inner join unnamed on unnamed.line = climb.reached
where climb.model is not null
