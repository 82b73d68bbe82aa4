-- For each usage entry the nearest call above it that has usage of the same model. A span that has usage
-- and names no model stands for any model.
-- reads: usage_entries, links_without_cycles
with recursive
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
        and is_above(usage_entries.model, usage_entries.is_span, climb.model)
    inner join links_without_cycles on links_without_cycles.line = climb.reached
)

select
    climb.line,
    climb.model,
    climb.reached as above,
    usage_entries.model as above_model
from climb
inner join usage_entries
    on usage_entries.line = climb.reached
    and is_above(usage_entries.model, usage_entries.is_span, climb.model)
