-- For each usage entry the nearest call above it that has usage of the same model.
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
        and usage_entries.model is not distinct from climb.model
    inner join links_without_cycles on links_without_cycles.line = climb.reached
)

select
    climb.line,
    climb.model,
    climb.reached as above
from climb
semi join usage_entries
    on usage_entries.line = climb.reached
    and usage_entries.model is not distinct from climb.model
